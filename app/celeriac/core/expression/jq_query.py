"""jq programs on values, without an environment, modules or input."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import jq

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.printing import ensure_moderate, java_text
from celeriac.core.expression.scope import Scope

_PRELUDE = """
def env: {}; {} as $ENV | def modulemeta: error("not available");
def _span($count): if $count > 500000 then error("the range is too long") else . end;
def _range($a; $b): range($a; $b);
def range($a; $b): _span($b - $a) | _range($a; $b);
def range($n): range(0; $n);
def _range($a; $b; $by): range($a; $b; $by);
def range($a; $b; $by): _span(if $by == 0 then 0 else ($b - $a) / $by end) | _range($a; $b; $by);
def _round($n): if $n > 3000 then error("too many rounds") else . end;
def repeat(f): def _r($n): _round($n) | f | (., _r($n + 1)); _r(0);
def while(cond; update): def _w($n): _round($n) | if cond then ., (update | _w($n + 1)) else empty end; _w(0);
def until(cond; update): def _u($n): _round($n) | if cond then . else update | _u($n + 1) end; _u(0);
def recurse(f): def _r($n): _round($n) | ., (f | _r($n + 1)); _r(0);
def recurse(f; cond): recurse(f | select(cond));
("""
"""Before every program: the worker's environment is hidden (in parentheses `import` is a syntax error), loops end."""
_MAX_RESULTS = 100_000


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
        found = [_whole(item) for item in islice(compiled.input_text(text), _MAX_RESULTS + 1)]
    except ValueError as error:
        raise ExpressionError(f"jq `{program[:200]}` on `{java_text(value)[:200]}`: {error}") from None
    if len(found) > _MAX_RESULTS:
        raise ExpressionError(f"jq `{program[:200]}` gives more than {_MAX_RESULTS} results")
    return found


@lru_cache(maxsize=256)
def _compiled(program: str) -> Any:
    return jq.compile(f"{_PRELUDE}{program}\n)")


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
