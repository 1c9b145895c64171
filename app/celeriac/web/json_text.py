"""JSON of requests and answers: strict when read, quick when written."""

from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from celeriac.web.bodies import read_body

LARGEST_BYTES = 5_000_000


def read_json() -> Any:
    """The body of the present request. Raises: BadRequest, UnsupportedMediaType, RequestEntityTooLarge."""
    if not request.is_json:
        raise UnsupportedMediaType("Send a JSON document, with `Content-Type: application/json`")
    data = read_body(LARGEST_BYTES)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is no JSON document: {error}") from error
    if _has_nul(document):
        raise BadRequest("The body holds a NUL character (\\u0000), which no text may have")
    return document


def json_answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    text = orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS, default=str)
    return Response(text, status, headers, mimetype="application/json")


def _has_nul(value: Any) -> bool:
    """JSON of requests is at most 1,024 levels deep."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            if "\0" in one:
                return True
        elif isinstance(one, dict):
            pending += [*one, *one.values()]
        elif isinstance(one, list):
            pending += one
    return False
