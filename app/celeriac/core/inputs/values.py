"""The values of a list of inputs: nested, as expressions see them, and as people may see them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celeriac.core.inputs.model import Input

MASK = "******"
_FLOATS = frozenset({"FLOAT", "DURATION"})


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """{"a.b": 1} → {"a": {"b": 1}}."""
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        *parents, last = name.split(".")
        target = nested
        for parent in parents:
            inner = target.get(parent)
            if not isinstance(inner, dict):
                inner = target[parent] = {}
            target = inner
        target[last] = value
    return nested


def secret_ids(inputs: Sequence[Input]) -> list[str]:
    """The ids of the inputs whose values nobody may see."""
    return [declared.id for declared in inputs if declared.secret]


def secret_values(inputs: Sequence[Input], values: Mapping[str, Any]) -> list[str]:
    """The texts to mask in logs."""
    found: list[str] = []
    _replace(values, secret_ids(inputs), lambda value: found.append(str(value)) if value else None)
    return found


def masked(inputs: Sequence[Input], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with stars in the place of secrets."""
    return _replace(values, secret_ids(inputs), lambda value: MASK)


def with_secrets(inputs: Sequence[Input], values: Mapping[str, Any], change: Callable[[Any], Any]) -> Mapping[str, Any]:
    """The values with their secrets changed, such as encrypted."""
    ids = secret_ids(inputs)
    return _replace(values, ids, change) if ids else values


def as_variables(inputs: Sequence[Input], values: Mapping[str, Any]) -> dict[str, Any]:
    """What `{{ inputs }}` is: the stored values, whole numbers of FLOAT and DURATION being floats again."""
    floats = [declared.id for declared in inputs if declared.type in _FLOATS]
    return _replace(values, floats, lambda value: float(value) if isinstance(value, int) else value)


def _replace(values: Mapping[str, Any], ids: Sequence[str], change: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of `values` in which the values of `ids` that are not None are changed."""
    copy = dict(values)
    for name in ids:
        *parents, last = name.split(".")
        target: Any = copy
        for parent in parents:
            inner = target.get(parent) if isinstance(target, dict) else None
            if not isinstance(inner, Mapping):
                target = None
                break
            target[parent] = target = dict(inner)
        if target is not None and target.get(last) is not None:
            target[last] = change(target[last])
    return copy
