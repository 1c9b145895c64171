"""Executions as answers of the API: with the address of their page."""

from typing import Any

from flask import request

Document = dict[str, Any]


def with_url(document: Document) -> Document:
    """The document of an execution with `url`, its page in the dashboard."""
    page = f"{request.host_url}ui/executions/{document['namespace']}/{document['flowId']}/{document['id']}"
    return document | {"url": page}
