"""How a scalar without quotes is read. Source: Kestra 2.0 (YAML 1.1 words and numbers; dates and 12:30 stay text)."""

import math
import re
from typing import Any

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WORDS = {
    **dict.fromkeys(("on", "On", "ON", "yes", "Yes", "YES"), True),
    **dict.fromkeys(("off", "Off", "OFF", "no", "No", "NO"), False),
}
_STARTS = frozenset("0123456789+-.")
_INTEGERS = (
    (re.compile(r"[-+]?0b_*[01][01_]*"), 2),
    (re.compile(r"[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*"), 16),
    (re.compile(r"[-+]?0[0-7_]+"), 8),
    (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), 10),
)
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?)"
)
_MALFORMED = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 4000


class NotReadable(ValueError):
    """The engines refuse this text as a number."""


def read_scalar(text: str) -> tuple[Any, str]:
    """(value, what surprises about it or nothing). Raises: NotReadable."""
    if text in _NULLS:
        return None, ""
    if text in _PLAIN_BOOLEANS:
        return _PLAIN_BOOLEANS[text], ""
    if text in _WORDS:
        value = _WORDS[text]
        return value, f"`{text}` is read as {str(value).lower()}; put it in quotes to keep the text"
    if text[0] not in _STARTS or len(text) > _LONGEST_NUMBER:
        return text, ""
    number = _number(text)
    if number is None or str(number) == text:
        return (text if number is None else number), ""
    return number, f"`{text}` is read as the number {number}; put it in quotes to keep the text"


def read_tagged(text: str, tag: str) -> Any:
    """The value of a scalar with an explicit tag; unknown tags are ignored. Raises: NotReadable."""
    kind = tag.rpartition(":")[2].lstrip("!")
    try:
        if kind == "int":
            return read_scalar(text)[0]
        if kind == "float":
            return float(text.replace("_", ""))
    except ValueError as error:
        raise NotReadable(f"`{text}` cannot be read as {kind}") from error
    if kind == "bool":
        return {**_PLAIN_BOOLEANS, **_WORDS}.get(text, text)
    return text


def _number(text: str) -> int | float | None:
    for pattern, base in _INTEGERS:
        if pattern.fullmatch(text):
            return int(_digits(text), base)
    if _FLOAT.fullmatch(text):
        value = float(text.replace("_", ""))
        if math.isinf(value):
            raise NotReadable(f"`{text}` is too large for a number; put it in quotes to make it a text")
        return value
    if _MALFORMED.fullmatch(text):
        raise NotReadable(f"`{text}` cannot be read as a number; put it in quotes to make it a text")
    return None


def _digits(text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    body = text.lstrip("+-").replace("_", "")
    return sign + (body[2:] if body[:2] in ("0b", "0x") else body)
