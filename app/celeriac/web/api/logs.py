"""Logs: of one execution, across executions, as text."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, Response

from celeriac.services.logs import LEVELS, LogFilter
from celeriac.web.api import celeriac
from celeriac.web.execution_queries import asked
from celeriac.web.json_text import json_answer
from celeriac.web.models.logs import LogLine, LogsFound, ReadLogs, SearchLogs
from celeriac.web.openapi import operation
from celeriac.web.params import filters, wrong

blueprint = Blueprint("logs", __name__)
_ABOUT_LINES = {"q": "q", "query": "q", "executionId": "executionId", "level": "minLevel", "minLevel": "minLevel"}
"""Filters of Kestra's that are of lines, not of executions."""
_GATHERED = 65_536


@blueprint.get("/logs/search")
@operation(LogsFound)
def search(query: SearchLogs) -> Response:
    """Lines of the newest executions of a filter, the newest first; looks for three seconds at most."""
    about = {"q": query.q, "executionId": query.execution_id, "minLevel": query.min_level}
    about |= {_ABOUT_LINES[one.field]: one.value for one in filters() if one.field in _ABOUT_LINES}
    if about["minLevel"] not in LEVELS:
        raise wrong("minLevel", f"`{about['minLevel']}`: there is {', '.join(LEVELS)}")
    found = asked(query.model_copy(update={"q": ""}), but=_ABOUT_LINES)
    found = replace(found, page=query.page, size=query.size, q=about["executionId"])
    page = celeriac().logs.search(found, about["minLevel"], about["q"])
    answer: dict[str, Any] = {"results": page.results, "total": page.total}
    return json_answer(answer | ({"totalCapped": True} if page.total_capped else {}))


@blueprint.get("/logs/<execution_id>")
@operation(list[LogLine])
def read(execution_id: str, query: ReadLogs) -> Response:
    """The lines of an execution in order of time, however many."""
    lines = celeriac().logs.of(execution_id, _filter(query))
    return Response(_gathered(_array(lines)), mimetype="application/json")


@blueprint.get("/logs/<execution_id>/download")
@operation(content_type="text/plain")
def download(execution_id: str, query: ReadLogs) -> Response:
    """The lines of an execution as text."""
    lines = celeriac().logs.text(execution_id, _filter(query))
    headers = {"Content-Disposition": f'attachment; filename="{execution_id}.log"'}
    return Response(_gathered(line.encode() for line in lines), headers=headers, mimetype="text/plain")


@blueprint.delete("/logs/<execution_id>")
@operation(status=204)
def delete(execution_id: str, query: ReadLogs) -> Response:
    """Removes lines of an execution."""
    celeriac().logs.delete(execution_id, _filter(query))
    return Response(status=204)


def _filter(query: ReadLogs) -> LogFilter:
    return LogFilter(query.min_level, query.task_run_id or None, query.task_id or None, query.attempt)


def _array(documents: Iterator[Any]) -> Iterator[bytes]:
    """A JSON array, an item at a time."""
    yield b"["
    separator = b""
    for document in documents:
        yield separator + orjson.dumps(document)
        separator = b","
    yield b"]"


def _gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Small parts as fewer larger ones."""
    waiting, size = [], 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _GATHERED:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
