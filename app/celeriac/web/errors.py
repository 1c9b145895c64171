"""Errors as RFC 9457 problems: status, detail, and every problem of a flow or an input with line and column.

A view raises; nothing is turned into an answer anywhere else.
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from celeriac.core.errors import (
    CeleriacError,
    FlowChanged,
    FlowInvalid,
    InputsInvalid,
    NotFound,
    Problem,
    Refused,
    StorageFailed,
)
from celeriac.store.database import UNAVAILABLE, UNSTORABLE

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
_STATUS: tuple[tuple[type[CeleriacError], int], ...] = (
    (FlowInvalid, 422),
    (InputsInvalid, 422),
    (NotFound, 404),
    (Refused, 409),
    (StorageFailed, 503),
)
_log = logging.getLogger(__name__)


class RequestInvalid(CeleriacError):
    """The query, the headers or the JSON of a request are not what the operation takes."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.path}: {one.message}" for one in problems))
        self.problems = tuple(problems)

    @staticmethod
    def of(errors: Iterable[tuple[str, ValidationError]]) -> "RequestInvalid":
        """errors: [(`query`, `headers` or `json`, what is wrong there)]."""
        return RequestInvalid(
            [
                Problem(one["msg"], "/".join((place, *map(str, one["loc"]))))
                for place, error in errors
                for one in error.errors(include_url=False, include_context=False, include_input=False)
            ]
        )


def register_errors(flask: Flask) -> None:
    """Every error becomes a problem document, those nobody foresaw too."""
    flask.register_error_handler(CeleriacError, _ours)
    flask.register_error_handler(HTTPException, _of_http)
    for kind in UNAVAILABLE:
        flask.register_error_handler(kind, _unavailable)
    flask.register_error_handler(UNSTORABLE, _unstorable)
    flask.register_error_handler(Exception, _unforeseen)


def problem(status: int, detail: str, problems: Sequence[Problem] = (), **more: Any) -> Response:
    """A problem document; `message` repeats the detail for Kestra's clients. more: further members."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "message": detail,
        "instance": request.path,
    }
    if problems:
        document["errors"] = [_error(one) for one in problems]
    text = orjson.dumps(document | more, option=orjson.OPT_NON_STR_KEYS, default=str)
    response = Response(text, status, mimetype=PROBLEM_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _error(one: Problem) -> dict[str, Any]:
    return {
        "pointer": one.path,
        "line": one.line or None,
        "column": one.column or None,
        "message": one.message,
        "hint": one.hint or None,
    }


def _ours(error: CeleriacError) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
    if isinstance(error, FlowChanged):
        return problem(status, str(error), revision=error.revision or None, source=error.source or None)
    return problem(status, str(error), getattr(error, "problems", ()))


def _of_http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value] # Flask's own, given to abort()
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value] # a redirect
    response = problem(error.code, _told(error), **getattr(error, "more", {}))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _told(error: HTTPException) -> str:
    if error.code == HTTPStatus.NOT_FOUND and request.url_rule is None:
        return (
            f"Nothing is at {request.path[:200]}; what there is, /api/v1/openapi.json tells; the only tenant is `main`"
        )
    return error.description or error.name


def _unavailable(error: Exception) -> Response:
    _log.warning("the database is away: %s", error)
    return problem(503, "The database does not answer; try again in a moment")


def _unstorable(error: Exception) -> Response:
    """PostgreSQL has no NUL in its texts, and no number beyond its columns."""
    _log.warning("a value that the database does not take: %s", error)
    return problem(422, "A value cannot be stored: it holds a NUL character, or a number that is too large")


def _unforeseen(error: Exception) -> Response:
    """Not our user's fault: told by an id only, which stands in the log beside the traceback."""
    error_id = uuid.uuid4().hex
    _log.error("unforeseen error %s in %s %s", error_id, request.method, request.path, exc_info=error)
    return problem(500, f"An error that nobody foresaw; the log of the web process tells more of it under {error_id}")
