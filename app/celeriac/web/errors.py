"""Errors as RFC 9457 problems: status, detail, and every problem of a flow or an input with line and column."""

from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from celeriac.core.errors import CeleriacError, FlowInvalid, InputsInvalid, NotFound, Problem, Refused

_STATUS: tuple[tuple[type[CeleriacError], int], ...] = (
    (FlowInvalid, 422),
    (InputsInvalid, 422),
    (NotFound, 404),
    (Refused, 409),
)


def register_errors(flask: Flask) -> None:
    """Every error of ours, and of Flask, becomes a problem document."""
    flask.register_error_handler(CeleriacError, _ours)
    flask.register_error_handler(HTTPException, _of_http)


def problem(status: int, detail: str, problems: tuple[Problem, ...] = ()) -> Response:
    """A problem document; `message` repeats the detail for Kestra's clients."""
    document: dict[str, Any] = {"type": "about:blank", "status": status, "detail": detail, "message": detail}
    if problems:
        document["errors"] = [
            {"pointer": one.path, "line": one.line, "column": one.column, "message": one.message, "hint": one.hint}
            for one in problems
        ]
    response = jsonify(document)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _ours(error: CeleriacError) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
    return problem(status, str(error), getattr(error, "problems", ()))


def _of_http(error: HTTPException) -> Response:
    return problem(error.code or 500, error.description or error.name)
