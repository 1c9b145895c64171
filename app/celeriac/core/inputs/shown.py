"""Values in messages, as the engines print them."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def shown(value: Any) -> str:
    """A value as the engines print it: `true`, `1.0E7`, `[a, b]`, `{a=1}`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{shown(key)}={shown(item)}" for key, item in value.items()) + "}"
    return str(value)


def _float_text(value: float) -> str:
    if value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, exponent = f"{Decimal(repr(value)).normalize():E}".split("E")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def refused(value: Any, java_name: str) -> ValueError:
    """The error of a text that is no value of a type."""
    return ValueError(f"Cannot convert value '{shown(value)}' to {java_name}")
