"""Values → text: as templates print them, as JSON, and as Java's toString gives them."""

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from json.encoder import encode_basestring
from typing import Any

from celeriac.core.errors import ExpressionError

MAX_WEIGHT = 16 * 1024 * 1024
"""Largest value that is printed or compared: characters, plus 32 for each item, at every depth."""
_ITEM_WEIGHT = 32
_FALSY = frozenset({"", "false", "0", "-0"})


class Entry(Mapping[str, Any]):
    """A pair of a map, as `for` gives it: `.key` and `.value`; prints as `key=value`."""

    __slots__ = ("_pair",)

    def __init__(self, key: Any, value: Any) -> None:
        self._pair = {"key": key, "value": value}

    def __getitem__(self, name: str) -> Any:
        return self._pair[name]

    def __iter__(self) -> Any:
        return iter(self._pair)

    def __len__(self) -> int:
        return 2


def to_text(value: Any) -> str:
    """A value as a template prints it: JSON for lists and maps, nothing for None."""
    if isinstance(value, str):
        return str(value) if isinstance(value, Enum) else value
    if value is None:
        return ""
    if isinstance(value, Entry) or not isinstance(value, Mapping | Sequence):
        return java_text(value)
    return to_json(value)


def to_json(value: Any) -> str:
    """Compact JSON as Kestra prints it: map entries without a value are left out."""
    ensure_moderate(value)
    parts: list[str] = []
    _write_json(value, parts.append)
    return "".join(parts)


def _write_json(value: Any, write: Any) -> None:
    if isinstance(value, str):
        write(encode_basestring(value))
    elif value is None:
        write("null")
    elif isinstance(value, Entry):
        _write_map({_key(value["key"]): value["value"]}, write)
    elif isinstance(value, Mapping):
        _write_map(value, write)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for index, item in enumerate(value):
            write("," if index else "[")
            _write_json(item, write)
        write("]" if value else "[]")
    elif isinstance(value, bool | int | Decimal) or (isinstance(value, float) and math.isfinite(value)):
        write(java_text(value))
    elif isinstance(value, timedelta):
        write(java_double(value.total_seconds()))
    else:
        write(encode_basestring(java_text(value)))


def _write_map(value: Mapping[Any, Any], write: Any) -> None:
    opening = "{"
    for key in value:
        item = value[key]
        if item is not None:
            write(f"{opening}{encode_basestring(_key(key))}:")
            _write_json(item, write)
            opening = ","
    write("}" if opening == "," else "{}")


def _key(key: Any) -> str:
    return key if isinstance(key, str) else java_text(key)


def java_text(value: Any) -> str:
    """Java's toString: `[1, a]`, `{k=v}`, `null`, `1.0E10`."""
    if isinstance(value, str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping | Sequence):
        ensure_moderate(value)
    return _java_text(value)


def _java_text(value: Any) -> str:
    if isinstance(value, str):
        return value.value if isinstance(value, Enum) else value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Entry):
        return f"{_java_text(value['key'])}={_java_text(value['value'])}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_java_text(key)}={_java_text(value[key])}" for key in value) + "}"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Sequence):
        return "[" + ", ".join(_java_text(item) for item in value) + "]"
    return _scalar_text(value)


def _scalar_text(value: Any) -> str:
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return iso_text(value)
    if isinstance(value, timedelta):
        return java_double(value.total_seconds())
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def iso_text(value: datetime) -> str:
    """`2024-03-05T07:08:09.000000Z`; an aware date in UTC, a naive one without an offset."""
    if value.tzinfo is None:
        return value.isoformat(timespec="microseconds")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def java_double(value: float) -> str:
    """`1.0`, `1.0E7`, `1.0E-4`, `Infinity`. Source: java.lang.Double.toString."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def truthy(rendered: Any) -> bool:
    """The rule of runIf, If and Fail: null and the texts "", false, 0 and -0 are false, everything else is true."""
    return rendered is not None and to_text(rendered).strip() not in _FALSY


def plain(value: Any) -> Any:
    """A copy of dicts, lists and scalars only: nothing lazy in it, nothing shared with the variables."""
    ensure_moderate(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    return [_plain(item) for item in value] if isinstance(value, Sequence) else value


def ensure_moderate(value: Any) -> None:
    """Raises: ExpressionError when a value is too large to be walked, also by sharing its parts."""
    weight, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str | bytes):
            weight += len(item)
        elif isinstance(item, Mapping):
            weight += _ITEM_WEIGHT * len(item)
            waiting += item.keys()
            waiting += item.values()
        elif isinstance(item, Sequence):
            weight += _ITEM_WEIGHT * len(item)
            waiting += item
        if weight > MAX_WEIGHT:
            raise ExpressionError("A value is too large for an expression (more than 16 million characters)")
