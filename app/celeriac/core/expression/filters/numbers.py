"""Filters on numbers, and from texts to numbers."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.arithmetic import is_number
from celeriac.core.expression.decimal_format import format_decimal
from celeriac.core.expression.printing import java_text
from celeriac.core.expression.scope import Scope

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_MAX_DIGITS = 1000


def absolute(_: Scope, value: Any) -> Any:
    """The number without its sign."""
    if not is_number(value):
        raise ExpressionError(f"The filter `abs` expects a number, not `{java_text(value)[:100]}`")
    return abs(value)


def number(_: Scope, value: Any, type_: str | None = None) -> Any:
    """A text as INT, LONG, FLOAT, DOUBLE, BIGDECIMAL or BIGINTEGER, by default as it is written."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ExpressionError(f"The filter `number` expects a text, not `{java_text(value)[:100]}`")
    if len(value) > _MAX_DIGITS:
        raise ExpressionError("The text is too long for a number")
    kind = (type_ or "").upper()
    if kind in ("INT", "LONG", "BIGINTEGER"):
        return _whole(value)
    if kind in ("FLOAT", "DOUBLE"):
        return float(_plain(value))
    if kind == "BIGDECIMAL":
        return Decimal(_plain(value))
    return _by_spelling(value)


def number_format(_: Scope, value: Any, format_: str = "#,##0.###") -> Any:
    """A number by a pattern such as `#,##0.00`. Source: java.text.DecimalFormat."""
    if value is None:
        return None
    if not is_number(value):
        raise ExpressionError(f"The filter `numberFormat` expects a number, not `{java_text(value)[:100]}`")
    return format_decimal(Decimal(value), format_)


def _by_spelling(text: str) -> Any:
    hexadecimal = re.fullmatch(r"([-+]?)(?:0[xX]|#)([0-9a-fA-F]+)", text)
    if hexadecimal:
        return int(hexadecimal[1] + hexadecimal[2], 16)
    if re.fullmatch(r"[-+]?0[0-7]+", text):
        return int(text, 8)
    suffixed = re.fullmatch(r"(.*\d\.?)([lLfFdD])", text)
    if suffixed:
        return _whole(suffixed[1]) if suffixed[2] in "lL" else float(_plain(suffixed[1]))
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    return float(_plain(text))


def _whole(text: str) -> int:
    if not re.fullmatch(r"[-+]?\d+", text):
        raise ExpressionError(f'For a whole number, the text "{text[:100]}" is none')
    return int(text)


def _plain(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ExpressionError(f"`{text[:100]}` is no valid number")
    return text


NUMBER_FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": absolute,
    "number": number,
    "numberFormat": number_format,
}
