"""The filters of lists, from the query of the present request: those of the API, read by its reader.

A page is looked at while somebody types: what is empty or not finished does not restrict, and is no error.
"""

from dataclasses import replace
from typing import Any

from flask import request
from pydantic import ValidationError

from celeriac.core.execution_filter import ExecutionFilter
from celeriac.core.flow_filter import FlowFilter
from celeriac.web.errors import RequestInvalid
from celeriac.web.execution_queries import asked
from celeriac.web.models.executions import SearchExecutions

SIZE = 25
LARGEST_SIZE = 100
LARGEST_PAGE = 100_000
_LISTS = ("state", "labels", "scope", "sort")


def executions_asked(**fixed: Any) -> ExecutionFilter:
    """The executions that the query asks for; `fixed` has the last word. Raises: RequestInvalid."""
    given: dict[str, Any] = {
        name: values if name in _LISTS else values[-1]
        for name, values in ((name, [one for one in values if one]) for name, values in request.args.lists())
        if values
    }
    given |= {"labels": _whole(given.get("labels", [])), "page": page_asked(), "size": size_asked()}
    try:
        return replace(asked(SearchExecutions.model_validate(given)), **fixed)
    except ValidationError as error:
        raise RequestInvalid.of([("query", error)]) from error


def flows_asked() -> FlowFilter:
    """The flows that the query asks for."""
    return FlowFilter(
        q=request.args.get("q", "").strip(),
        namespace=request.args.get("namespace", "").strip(),
        labels=tuple(_pair(text) for text in _whole(request.args.getlist("labels"))),
        page=page_asked(),
        size=size_asked(),
    )


def page_asked() -> int:
    """The number of the page, from 1."""
    return min(LARGEST_PAGE, max(1, request.args.get("page", 1, type=int)))


def size_asked() -> int:
    """How many results a page has."""
    return min(LARGEST_SIZE, max(1, request.args.get("size", SIZE, type=int)))


def _whole(texts: list[str]) -> list[str]:
    """The labels that have a key and a value."""
    return [text.strip() for text in texts if all(_pair(text.strip()))]


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition(":")
    return key, value
