"""`a.b`, `a['b']`, `a[0]` and `a.b()` on mappings and sequences, lazy ones too. A key always wins over a method."""

from collections.abc import Mapping
from typing import Any

from celeriac.core.expression.methods import getter_of, method_of
from celeriac.core.expression.operators import is_list
from celeriac.core.expression.printing import java_text
from celeriac.core.expression.scope import Scope

_ABSENT = object()


def attribute(scope: Scope, value: Any, name: str, line: int) -> Any:
    """`value.name`. Raises: UndefinedVariable."""
    if isinstance(value, Mapping):
        try:
            return value[name]
        except KeyError:
            pass
    if (getter := getter_of(value, name)) is not None:
        return getter(scope, value)
    raise scope.undefined(name, line)


def item(scope: Scope, value: Any, key: Any, line: int) -> Any:
    """`value[key]`. Raises: UndefinedVariable."""
    found: Any = _ABSENT
    if isinstance(value, Mapping):
        found = _map_item(value, key)
    elif is_list(value):
        found = _list_item(value, key)
    if found is not _ABSENT:
        return found
    if isinstance(key, str) and (getter := getter_of(value, key)) is not None:
        return getter(scope, value)
    raise scope.undefined(java_text(key), line)


def method(scope: Scope, value: Any, name: str, line: int, *args: Any) -> Any:
    """`value.name(…)`. Raises: UndefinedVariable when there is no such method."""
    called = method_of(value, name)
    if called is None:
        raise scope.undefined(name, line)
    scope.budget.spend(5 + (len(value) // 500 if isinstance(value, str) else 0))
    try:
        return called(scope, value, *args)
    except (TypeError, IndexError, AttributeError, OverflowError):
        raise scope.undefined(name, line) from None


def _map_item(value: Mapping[Any, Any], key: Any) -> Any:
    for candidate in (key, java_text(key), *([int(key)] if isinstance(key, str) and key.isdecimal() else [])):
        try:
            return value[candidate]
        except (KeyError, TypeError):
            continue
    return _ABSENT


def _list_item(value: Any, key: Any) -> Any:
    index = int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 10 else key
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(value):
        return _ABSENT
    return value[index]
