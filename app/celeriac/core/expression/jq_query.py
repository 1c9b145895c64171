"""jq programs on values, without an environment, modules or input."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import jq

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.operators import bounded_list
from celeriac.core.expression.printing import ensure_moderate, java_text
from celeriac.core.expression.scope import Scope

_SEALED = "def env: {{}}; {{}} as $ENV | ({}\n)"
"""`env` and `$ENV` would show the worker's environment; inside parentheses `import` is a syntax error."""


def query(scope: Scope, value: Any, program: Any) -> Any:
    """All results of a program, as a list. A text is read as JSON. Raises: ExpressionError."""
    if value is None:
        return None
    if not isinstance(program, str):
        raise ExpressionError("The filter `jq` expects a text as argument `expression`")
    ensure_moderate(value)
    scope.budget.spend(100)
    try:
        compiled = _compiled(program)
        text = value if isinstance(value, str) else json.dumps(_jsonable(value), allow_nan=False)
        json.loads(text)
        return bounded_list([_whole(item) for item in compiled.input_text(text)])
    except ValueError as error:
        raise ExpressionError(f"jq `{program[:200]}` on `{java_text(value)[:200]}`: {error}") from None


@lru_cache(maxsize=256)
def _compiled(program: str) -> Any:
    return jq.compile(_SEALED.format(program))


def _jsonable(value: Any) -> Any:
    if isinstance(value, str | bool | int | None):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {java_text(key): _jsonable(value[key]) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_jsonable(item) for item in value]
    return java_text(value)


def _whole(value: Any) -> Any:
    """Whole floats as whole numbers, as the engines' jq gives them, unless they need an exponent."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e7:
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return {key: _whole(item) for key, item in value.items()} if isinstance(value, dict) else value
