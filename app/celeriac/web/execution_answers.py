"""Executions as answers of the API: with the address of their page, and of a size that can be sent."""

from typing import Any

from flask import request

from celeriac.web.api import celeriac

Document = dict[str, Any]
MOST_OUTPUTS = 16_000_000
"""Bytes of outputs in one answer; those of task runs that do not fit have to be asked for one by one."""


def read_whole(execution_id: str) -> Document:
    """The document of an execution with its task runs, however large their outputs are. Raises: ExecutionNotFound."""
    return celeriac().views.execution(execution_id, most_bytes=MOST_OUTPUTS)


def with_url(document: Document) -> Document:
    """The document of an execution with `url`, its page in the dashboard."""
    page = f"{request.host_url}ui/executions/{document['namespace']}/{document['flowId']}/{document['id']}"
    return document | {"url": page}
