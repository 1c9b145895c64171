"""The keywords of JSON Schema that look at one value only."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from celeriac.core.inputs.pattern import compile_pattern

_KINDS = ("null", "boolean", "object", "array", "number", "integer", "string")


@dataclass(frozen=True, slots=True)
class Rule:
    """takes(rule): the keyword may have this value. reason(rule, value): why the value breaks it; None = it fits."""

    takes: Callable[[Any], bool]
    reason: Callable[[Any, Any], str | None]


def kind_of(value: Any) -> str:
    """The JSON type; a number without a fraction is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if value == int(value) else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _type(rule: Any, value: Any) -> str | None:
    allowed = [rule] if isinstance(rule, str) else rule
    kind = kind_of(value)
    if kind in allowed or (kind == "integer" and "number" in allowed):
        return None
    return f"{kind} found, {', '.join(allowed)} expected"


def _same(one: Any, other: Any) -> bool:
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, list):
        return ["list", *map(_canonical, value)]
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    return (isinstance(value, bool), value)


def _required(rule: Any, value: Any) -> str | None:
    missing = [name for name in rule if name not in value]
    return f"required property '{missing[0]}' not found" if missing else None


def _dependent_required(rule: Any, value: Any) -> str | None:
    for name, needed in rule.items():
        missing = [other for other in needed if name in value and other not in value]
        if missing:
            return f"property '{name}' needs property '{missing[0]}'"
    return None


def _unique(rule: Any, value: Any) -> str | None:
    if not rule:
        return None
    seen = [json.dumps(_canonical(item), sort_keys=True) for item in value]
    return None if len(set(seen)) == len(seen) else "must have only unique items"


def _multiple(rule: Any, value: Any) -> str | None:
    quotient = Fraction(str(value)) / Fraction(str(rule))
    return None if quotient.denominator == 1 else f"must be multiple of {rule}"


def _for(kinds: str, reason: Callable[[Any, Any], str | None]) -> Callable[[Any, Any], str | None]:
    return lambda rule, value: reason(rule, value) if kind_of(value) in kinds.split() else None


def _limit(kinds: str, fits: Callable[[Any, Any], bool], text: str) -> Callable[[Any, Any], str | None]:
    return _for(kinds, lambda rule, value: None if fits(rule, value) else text.format(rule))


def _is_number(rule: Any) -> bool:
    return isinstance(rule, int | float) and not isinstance(rule, bool)


def _is_count(rule: Any) -> bool:
    return _is_number(rule) and rule >= 0


def _are_names(rule: Any) -> bool:
    return isinstance(rule, list) and all(isinstance(name, str) for name in rule)


RULES: Mapping[str, Rule] = {
    "type": Rule(lambda rule: all(name in _KINDS for name in ([rule] if isinstance(rule, str) else rule)), _type),
    "enum": Rule(
        lambda rule: isinstance(rule, list),
        lambda rule, value: None if any(_same(one, value) for one in rule) else f"must be one of {json.dumps(rule)}",
    ),
    "const": Rule(
        lambda rule: True,
        lambda rule, value: None if _same(rule, value) else f"must be the constant {json.dumps(rule)}",
    ),
    "required": Rule(_are_names, _for("object", _required)),
    "dependentRequired": Rule(
        lambda rule: isinstance(rule, dict) and all(map(_are_names, rule.values())), _for("object", _dependent_required)
    ),
    "minProperties": Rule(
        _is_count, _limit("object", lambda rule, value: len(value) >= rule, "must have at least {} properties")
    ),
    "maxProperties": Rule(
        _is_count, _limit("object", lambda rule, value: len(value) <= rule, "must have at most {} properties")
    ),
    "minItems": Rule(_is_count, _limit("array", lambda rule, value: len(value) >= rule, "must have at least {} items")),
    "maxItems": Rule(_is_count, _limit("array", lambda rule, value: len(value) <= rule, "must have at most {} items")),
    "uniqueItems": Rule(lambda rule: isinstance(rule, bool), _for("array", _unique)),
    "minContains": Rule(_is_count, lambda rule, value: None),
    "maxContains": Rule(_is_count, lambda rule, value: None),
    "minLength": Rule(
        _is_count, _limit("string", lambda rule, value: len(value) >= rule, "must be at least {} characters long")
    ),
    "maxLength": Rule(
        _is_count, _limit("string", lambda rule, value: len(value) <= rule, "must be at most {} characters long")
    ),
    "pattern": Rule(
        lambda rule: isinstance(rule, str),
        _limit(
            "string",
            lambda rule, value: compile_pattern(rule).search(value) is not None,
            "does not match the regex pattern {}",
        ),
    ),
    "minimum": Rule(
        _is_number, _limit("integer number", lambda rule, value: value >= rule, "must have a minimum value of {}")
    ),
    "maximum": Rule(
        _is_number, _limit("integer number", lambda rule, value: value <= rule, "must have a maximum value of {}")
    ),
    "exclusiveMinimum": Rule(
        _is_number,
        _limit("integer number", lambda rule, value: value > rule, "must have an exclusive minimum value of {}"),
    ),
    "exclusiveMaximum": Rule(
        _is_number,
        _limit("integer number", lambda rule, value: value < rule, "must have an exclusive maximum value of {}"),
    ),
    "multipleOf": Rule(lambda rule: _is_number(rule) and rule > 0, _for("integer number", _multiple)),
}
