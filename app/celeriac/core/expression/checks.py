"""The tests behind `is`: `x is empty`, `x is even` … (`defined` is an operation of its own)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.operators import is_list
from celeriac.core.expression.scope import Scope


def _is_empty(_: Scope, value: Any) -> bool:
    return is_blank(value)


def is_blank(value: Any) -> bool:
    """Null, blank text, a list or map without items."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return (is_list(value) or isinstance(value, Mapping)) and len(value) == 0


def _is_even(_: Scope, value: Any) -> bool:
    return _whole(value, "even") % 2 == 0


def _is_odd(_: Scope, value: Any) -> bool:
    return _whole(value, "odd") % 2 != 0


def _whole(value: Any, test: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ExpressionError(f"The test `{test}` expects a whole number")
    return value


def _is_json(_: Scope, value: Any) -> bool:
    if not isinstance(value, str):
        raise ExpressionError("The test `json` expects a text")
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


CHECKS: Mapping[str, Callable[..., bool]] = {
    "empty": _is_empty,
    "null": lambda scope, value: value is None,
    "even": _is_even,
    "odd": _is_odd,
    "iterable": lambda scope, value: is_list(value),
    "map": lambda scope, value: isinstance(value, Mapping),
    "json": _is_json,
}
