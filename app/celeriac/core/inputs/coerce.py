"""What was given (a text, or a JSON value) → the typed value of each input type. Also types the outputs of a flow.

A typed value is JSON: it is what is stored and what expressions see. DATETIME is text in UTC with 6 decimals, DATE and
TIME are ISO text, DURATION is a float of seconds. Source: Kestra 2.0 (texts of the reasons too).
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from celeriac.core.dates import parse_iso_duration
from celeriac.core.inputs.yaml_text import parse_yaml

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?[fFdD]?|[-+]?(NaN|Infinity)")
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{0,9}))?([Zz]|[-+]\d\d(?::?\d\d)?)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{0,9}))?)?", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:%[0-9A-Fa-f]{2}|[^\s\x00-\x20\x7f\"<>\\^`{|}%])+")
_EMAIL = re.compile(r"[^\s@]+@[A-Za-z0-9.-]+")
_INT_MAX = 2**31


def coerce(type_name: str, value: Any, *, item_type: str | None = None) -> Any:
    """The typed value. `item_type` is that of an ARRAY or MULTISELECT (None = texts).

    Raises: ValueError with the reason; KeyError never: an unknown type is a ValueError too.
    """
    if type_name in ("ARRAY", "MULTISELECT"):
        return [_item(item_type or "STRING", item) for item in _as_list(value)]
    convert = _CONVERSIONS.get(type_name)
    if convert is None:
        raise ValueError(f"`{type_name}` is no type of inputs and outputs")
    return convert(value)


def shown(value: Any) -> str:
    """A value as the engines print it in a message: `true`, `[a, b]`, `{a=1}`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{shown(key)}={shown(item)}" for key, item in value.items()) + "}"
    return str(value)


def _refused(value: Any, java_name: str) -> ValueError:
    return ValueError(f"Cannot convert value '{shown(value)}' to {java_name}")


def _text(value: Any) -> str:
    if value is None:
        raise ValueError("it has no value")
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return shown(value)


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _refused(value, "Integer")
    if isinstance(value, str) and not (_INT.fullmatch(value) and len(value) <= 40):
        raise _refused(value, "Integer")
    number = int(value)
    if not -_INT_MAX <= number < _INT_MAX:
        raise _refused(value, "Integer")
    return number


def _float(value: Any) -> float | str:
    if isinstance(value, str) and _FLOAT.fullmatch(value.strip()):
        number = float(value.strip().rstrip("fFdD"))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError as error:
            raise _refused(value, "Float") from error
    else:
        raise _refused(value, "Float")
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _bool(value: Any) -> bool:
    return shown(value).lower() == "true"


def _instant(value: Any) -> str:
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _refused(value, "Instant")
    day, clock, fraction, zone = match.groups()
    micros = (fraction or "")[:6].ljust(6, "0")
    zone = "+00:00" if zone in "Zz" else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{micros}{zone}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _refused(value, "Instant") from error
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def _date(value: Any) -> str:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _refused(value, "LocalDate")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise _refused(value, "LocalDate") from error


def _time(value: Any) -> str:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _refused(value, "LocalTime")
    hours, minutes, seconds, fraction = match.groups()
    digits = (fraction or "").rstrip("0")
    digits = digits.ljust(-(-len(digits) // 3) * 3, "0")
    return f"{hours}:{minutes}:{seconds or '00'}{'.' + digits if digits else ''}"


def _duration(value: Any) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, float) and math.isfinite(value):
        return value
    if not isinstance(value, str) or value != value.strip():
        raise _refused(value, "Duration")
    try:
        return parse_iso_duration(value).total_seconds()
    except (ValueError, OverflowError) as error:
        raise _refused(value, "Duration") from error


def _file(value: Any) -> str:
    if isinstance(value, str) and re.match(r"(kestra|nsfile|file)://", value):
        return value
    raise ValueError("it must be the URI of a stored file (`kestra:///…`), or a file that is sent")


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"`{name}` is not JSON")


def _yaml(value: Any) -> Any:
    return parse_yaml(value) if isinstance(value, str) else value


def _uri(value: Any) -> str:
    if not isinstance(value, str) or not _URI.fullmatch(value):
        raise ValueError("Invalid URI format.")
    return value


def _email(value: Any) -> str:
    text = _text(value)
    if text and not _EMAIL.fullmatch(text):
        raise ValueError("The input must be a valid email")
    return text


def _as_list(value: Any) -> list[Any]:
    found = _json(value)
    if not isinstance(found, list | tuple):
        raise ValueError(f"Cannot convert value '{shown(value)}' to a list: give JSON such as [\"a\", \"b\"]")
    return list(found)


def _item(item_type: str, value: Any) -> Any:
    if value is None:
        raise ValueError("an item of the list has no value")
    return coerce(item_type, value)


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "STRING": _text,
    "SECRET": _text,
    "SELECT": _text,
    "ENUM": _text,
    "EMAIL": _email,
    "INT": _int,
    "FLOAT": _float,
    "BOOL": _bool,
    "BOOLEAN": _bool,
    "DATETIME": _instant,
    "DATE": _date,
    "TIME": _time,
    "DURATION": _duration,
    "FILE": _file,
    "JSON": _json,
    "YAML": _yaml,
    "URI": _uri,
}
