"""Values of databases as JSON has them."""

import base64
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from celeriac.core.dates import iso_duration

_LARGEST_INTEGER = 2**63 - 1


def json_row(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    """{column: JSON value}; of columns with one name the last counts."""
    return {name: json_value(value) for name, value in zip(names, row, strict=True)}


def json_line(names: list[str], row: tuple[Any, ...]) -> bytes:
    """The same as a line of JSON; the fast way where orjson knows every type."""
    try:
        return orjson.dumps(dict(zip(names, row, strict=True)), default=json_value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return orjson.dumps(json_row(names, row), option=orjson.OPT_APPEND_NEWLINE)


def json_value(value: Any) -> Any:
    """Dates and times are ISO 8601 text, decimals numbers, what JSON has no exact number for is text, NaN is null.

    Bytes are text when they are UTF-8, else base64.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return iso_duration(value)
    return _compound(value)


def _compound(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(json_value(key)): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [json_value(item) for item in value]
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _text(bytes(value))
    return str(value)


def _decimal(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()
