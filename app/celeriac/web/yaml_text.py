"""YAML of requests, as text."""

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from celeriac.core.errors import FlowInvalid, Problem
from celeriac.web.bodies import read_body
from celeriac.web.openapi import YAML_TYPES

LARGEST_BYTES = 5_000_000
_TYPES = (*YAML_TYPES, "", "application/json", "application/octet-stream")


def read_yaml(largest_bytes: int = LARGEST_BYTES) -> str:
    """The body of the present request. Raises: UnsupportedMediaType, RequestEntityTooLarge, FlowInvalid."""
    if request.mimetype not in _TYPES:
        raise UnsupportedMediaType(f"Send YAML, with one of the content types {', '.join(YAML_TYPES)}")
    return decoded(read_body(largest_bytes))


def decoded(data: bytes, file: str = "") -> str:
    """The text behind bytes. Raises: FlowInvalid."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise FlowInvalid([Problem(f"byte {error.start} is not UTF-8", "", line, column, file=file)]) from error
