"""What was given (a text, or a JSON value) → the typed value of each input type. Also types the outputs of a flow.

A typed value is JSON: it is what is stored and what expressions see. DATETIME is text in UTC with 6 decimals, DATE and
TIME are ISO text, DURATION is a float of seconds, FLOAT a float (NaN and the infinities are texts).
Source: Kestra 2.0, its texts of the reasons too; but a FLOAT keeps double precision.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.inputs.moments import to_date, to_duration, to_instant, to_time
from celeriac.core.inputs.shown import refused, shown
from celeriac.core.inputs.yaml_text import parse_yaml

_INT = re.compile(r"[-+]?\d{1,40}")
_FLOAT = re.compile(
    r"[-+]?(?:([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?[fFdD]?|0[xX][0-9a-fA-F]+\.?[0-9a-fA-F]*[pP][-+]?[0-9]+)"
    r"|[-+]?(?:NaN|Infinity)"
)
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?!//$|//#|//\?)(?:%[0-9A-Fa-f]{2}|[^\s\x00-\x20\x7f\"<>\\^`{|}%#])+"
    r"(?:#(?:%[0-9A-Fa-f]{2}|[^\s\x00-\x20\x7f\"<>\\^`{|}%#])*)?"
)
_STORED = re.compile(r"(kestra|nsfile|file)://")


def coerce(type_name: str, value: Any, *, item_type: str | None = None) -> Any:
    """The typed value. `item_type` is that of the items of an ARRAY or MULTISELECT.

    Raises: ValueError with the reason.
    """
    if type_name not in _CONVERSIONS:
        raise ValueError(f"`{type_name}` is no type of inputs and outputs")
    if value is None:
        raise ValueError("No value present")
    if type_name == "MULTISELECT":
        return [_item(item_type or "STRING", item) for item in _list(value)]
    if type_name == "ARRAY" and item_type is not None:
        return [_item(item_type, item) for item in _list(value)]
    return _CONVERSIONS[type_name](value)


def is_stored(value: Any) -> bool:
    """True for the URI of a file that needs no upload: `kestra:///…`, `nsfile:///…`, `file:///…`."""
    return isinstance(value, str) and _STORED.match(value) is not None


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return shown(value)


def _int(value: Any) -> int:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and _INT.fullmatch(value))):
        raise refused(value, "Integer")
    number = int(value)
    if not -(2**31) <= number < 2**31:
        raise refused(value, "Integer")
    return number


def _float(value: Any) -> float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused(value, "Float")
    try:
        number = _parse_float(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError) as error:
        raise refused(value, "Float") from error
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _parse_float(text: str) -> float:
    text = text.strip()
    if not _FLOAT.fullmatch(text):
        raise ValueError(text)
    return float.fromhex(text) if "x" in text.lower() else float(text.rstrip("fFdD"))


def _bool(value: Any) -> bool:
    return shown(value).lower() == "true"


def _file(value: Any) -> str:
    if not is_stored(value):
        raise ValueError(f"The file '{shown(value)}' does not exist: give the URI of a stored file (`kestra:///…`)")
    return str(value)


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"`{value[:200]}` is not JSON: {error}") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"Non-standard token '{name}' in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _yaml(value: Any) -> Any:
    return parse_yaml(value) if isinstance(value, str) else value


def _uri(value: Any) -> str:
    if not isinstance(value, str) or not _URI.fullmatch(value):
        raise ValueError("Invalid URI format.")
    return value


def _list(value: Any) -> list[Any]:
    found = _json(value)
    if not isinstance(found, list | tuple):
        raise ValueError(f'`{shown(value)[:200]}` is not a list: give JSON such as ["a", "b"]')
    return list(found)


def _item(item_type: str, value: Any) -> Any:
    try:
        return coerce(item_type, value)
    except ValueError as error:
        raise ValueError(f"Unable to parse array element as `{item_type}` on `{shown(value)}`") from error


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "STRING": _text,
    "SECRET": _text,
    "SELECT": _text,
    "ENUM": _text,
    "EMAIL": _text,
    "INT": _int,
    "FLOAT": _float,
    "BOOL": _bool,
    "BOOLEAN": _bool,
    "DATETIME": to_instant,
    "DATE": to_date,
    "TIME": to_time,
    "DURATION": to_duration,
    "FILE": _file,
    "JSON": _json,
    "YAML": _yaml,
    "URI": _uri,
    "ARRAY": _list,
    "MULTISELECT": _list,
}
