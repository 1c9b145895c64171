"""JSON Schema (draft 2020-12) for JSON inputs: every assertion keyword but the `unevaluated…` and `$dynamicRef` ones.

`format` is only a comment, as the draft has it; a `$ref` points into the schema itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from celeriac.core.inputs.pattern import compile_pattern
from celeriac.core.inputs.schema_rules import RULES, kind_of

_REFUSED = ("unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$dynamicAnchor", "$anchor")
_SCHEMAS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else")
_MAX_DEPTH = 60


def parse_schema(text: str) -> Any:
    """The schema in a JSON text. Raises: ValueError; re.error when a pattern cannot be compiled."""
    schema = json.loads(text)
    _check(schema, schema, 0)
    return schema


def violations(schema: Any, value: Any) -> list[str]:
    """What does not conform, as `/path: reason`."""
    return list(_Place(schema, "", 0).violations(schema, value))


def _check(schema: Any, root: Any, depth: int) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        raise ValueError("a schema is a mapping, true or false, nested less than 60 levels deep")
    for keyword in _REFUSED:
        if keyword in schema:
            raise ValueError(f"`{keyword}` is not supported")
    if "$ref" in schema:
        _target(root, schema["$ref"])
    for pattern in (schema.get("pattern", ""), *schema.get("patternProperties", {})):
        compile_pattern(pattern)
    for keyword, rule in schema.items():
        if keyword in RULES and not RULES[keyword].takes(rule):
            raise ValueError(f"`{keyword}` cannot be {json.dumps(rule)[:80]}")
        for inner in _inner(keyword, rule):
            _check(inner, root, depth + 1)


def _inner(keyword: str, rule: Any) -> Iterator[Any]:
    if keyword in _SCHEMAS:
        if not isinstance(rule, dict):
            raise ValueError(f"`{keyword}` is a mapping of schemas")
        yield from rule.values()
    elif keyword in _LISTS:
        if not isinstance(rule, list):
            raise ValueError(f"`{keyword}` is a list of schemas")
        yield from rule
    elif keyword in _SINGLE:
        yield rule


def _target(root: Any, reference: Any) -> Any:
    found = root
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        raise ValueError(f"`$ref`: only references such as `#/$defs/name` are supported, not `{reference}`")
    for part in reference[2:].split("/") if len(reference) > 1 else ():
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, dict) or name not in found:
            raise ValueError(f"`$ref`: `{reference}` does not exist")
        found = found[name]
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    root: Any
    path: str
    depth: int
    references: frozenset[str] = frozenset()
    """The `$ref`s followed since the path last changed."""

    def violations(self, schema: Any, value: Any) -> Iterator[str]:
        if isinstance(schema, bool):
            if not schema:
                yield f"{self.path}: no value is allowed here"
            return
        if self.depth > _MAX_DEPTH:
            yield f"{self.path}: nested too deeply"
            return
        for keyword, rule in schema.items():
            if keyword in RULES:
                if reason := RULES[keyword].reason(rule, value):
                    yield f"{self.path}: {reason}"
            elif keyword in _APPLIED:
                yield from _APPLIED[keyword](self, schema, value)

    def fits(self, schema: Any, value: Any) -> bool:
        return next(self.deeper().violations(schema, value), None) is None

    def deeper(self, name: Any = None) -> "_Place":
        if name is None:
            return replace(self, depth=self.depth + 1)
        return replace(self, path=f"{self.path}/{name}", depth=self.depth + 1, references=frozenset())

    def all_of(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        for inner in schema["allOf"]:
            yield from self.deeper().violations(inner, value)

    def any_of(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if not any(self.fits(inner, value) for inner in schema["anyOf"]):
            yield f"{self.path}: must fit at least one of `anyOf`"

    def one_of(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        count = sum(self.fits(inner, value) for inner in schema["oneOf"])
        if count != 1:
            yield f"{self.path}: must be valid to one and only one schema, but {count} are valid"

    def negated(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if self.fits(schema["not"], value):
            yield f"{self.path}: must not be valid to the schema in `not`"

    def condition(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        branch = "then" if self.fits(schema["if"], value) else "else"
        yield from self.deeper().violations(schema.get(branch, True), value)

    def reference(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        name = schema["$ref"]
        if name in self.references:
            yield f"{self.path}: `$ref` {name} refers to itself"
            return
        inner = replace(self.deeper(), references=self.references | {name})
        yield from inner.violations(_target(self.root, name), value)

    def properties(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in schema["properties"].items():
                if name in value:
                    yield from self.deeper(name).violations(inner, value[name])

    def patterns(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        for pattern, inner in schema["patternProperties"].items() if isinstance(value, dict) else ():
            for name in value:
                if compile_pattern(pattern).search(name):
                    yield from self.deeper(name).violations(inner, value[name])

    def additional(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        for name in value if isinstance(value, dict) else ():
            named = name in schema.get("properties", {})
            if named or any(compile_pattern(pattern).search(name) for pattern in schema.get("patternProperties", {})):
                continue
            if schema["additionalProperties"] is False:
                yield f"{self.path}: property '{name}' is not defined in the schema and none may be added"
            else:
                yield from self.deeper(name).violations(schema["additionalProperties"], value[name])

    def names(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        for name in value if isinstance(value, dict) else ():
            yield from self.deeper(name).violations(schema["propertyNames"], name)

    def dependent(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        for name, inner in schema["dependentSchemas"].items() if isinstance(value, dict) else ():
            if name in value:
                yield from self.deeper().violations(inner, value)

    def first_items(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if isinstance(value, list):
            for index, (inner, item) in enumerate(zip(schema["prefixItems"], value, strict=False)):
                yield from self.deeper(index).violations(inner, item)

    def items(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if isinstance(value, list):
            start = len(schema.get("prefixItems", ()))
            for index, item in enumerate(value[start:], start):
                yield from self.deeper(index).violations(schema["items"], item)

    def contains(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if kind_of(value) == "array":
            count = sum(self.fits(schema["contains"], item) for item in value)
            low, high = schema.get("minContains", 1), schema.get("maxContains")
            if count < low or (high is not None and count > high):
                yield f"{self.path}: {count} items fit `contains`"


_APPLIED: Mapping[str, Callable[[_Place, Mapping[str, Any], Any], Iterator[str]]] = {
    "allOf": _Place.all_of,
    "anyOf": _Place.any_of,
    "oneOf": _Place.one_of,
    "not": _Place.negated,
    "if": _Place.condition,
    "$ref": _Place.reference,
    "properties": _Place.properties,
    "patternProperties": _Place.patterns,
    "additionalProperties": _Place.additional,
    "propertyNames": _Place.names,
    "dependentSchemas": _Place.dependent,
    "prefixItems": _Place.first_items,
    "items": _Place.items,
    "contains": _Place.contains,
}
