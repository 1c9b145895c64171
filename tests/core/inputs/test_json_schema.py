"""JSON Schema for JSON inputs."""

import json
import re
from typing import Any

import pytest

from celeriac.core.inputs.json_schema import parse_schema, violations

REFUSED: list[tuple[dict[str, Any], Any, str]] = [
    ({"type": "object"}, [], ": array found, object expected"),
    ({"type": ["string", "null"]}, 1, ": integer found, string, null expected"),
    ({"type": "integer"}, True, ": boolean found, integer expected"),
    ({"required": ["a"]}, {}, ": required property 'a' not found"),
    ({"properties": {"a": {"type": "string"}}}, {"a": 1}, "/a: integer found, string expected"),
    (
        {"properties": {"a": True}, "additionalProperties": False},
        {"b": 1},
        ": property 'b' is not defined in the schema and none may be added",
    ),
    ({"additionalProperties": {"type": "string"}}, {"b": 1}, "/b: integer found, string expected"),
    ({"patternProperties": {"^n": {"type": "string"}}}, {"name": 1}, "/name: integer found, string expected"),
    ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, "/ab: must be at most 1 characters long"),
    ({"minProperties": 1}, {}, ": must have at least 1 properties"),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ": property 'a' needs property 'b'"),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}, ": required property 'b' not found"),
    ({"items": {"type": "string"}}, ["a", 1], "/1: integer found, string expected"),
    ({"prefixItems": [True], "items": False}, [1, 2], "/1: no value is allowed here"),
    ({"minItems": 1}, [], ": must have at least 1 items"),
    ({"uniqueItems": True}, [1, 1], ": must have only unique items"),
    ({"contains": {"const": 1}}, [True], ": 0 items fit `contains`"),
    ({"enum": ["a", 1]}, "b", ': must be one of ["a", 1]'),
    ({"const": 1}, True, ": must be the constant 1"),
    ({"minLength": 2}, "a", ": must be at least 2 characters long"),
    ({"pattern": "^a"}, "b", ": does not match the regex pattern ^a"),
    ({"minimum": 3}, 2, ": must have a minimum value of 3"),
    ({"exclusiveMaximum": 3}, 3, ": must have an exclusive maximum value of 3"),
    ({"multipleOf": 0.2}, 0.3, ": must be multiple of 0.2"),
    ({"allOf": [{"type": "string"}]}, 1, ": integer found, string expected"),
    ({"anyOf": [{"type": "string"}, {"minimum": 2}]}, 1, ": must fit at least one of `anyOf`"),
    ({"oneOf": [True, True]}, 1, ": must be valid to one and only one schema, but 2 are valid"),
    ({"not": {"type": "integer"}}, 1, ": must not be valid to the schema in `not`"),
    ({"if": {"const": 1}, "then": False}, 1, ": no value is allowed here"),
    ({"if": {"const": 1}, "else": False}, 2, ": no value is allowed here"),
    ({"$ref": "#/$defs/s", "$defs": {"s": {"type": "string"}}}, 1, ": integer found, string expected"),
]


@pytest.mark.parametrize(("schema", "value", "reason"), REFUSED)
def test_a_value_that_does_not_fit_is_told(schema: dict[str, Any], value: Any, reason: str) -> None:
    assert violations(parse_schema(json.dumps(schema)), value) == [reason]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (True, 1),
        ({"type": "number"}, 1),
        ({"multipleOf": 0.1}, 0.3),
        ({"multipleOf": 2}, 10**400),
        ({"type": "integer"}, 1.0),
        ({"minLength": 2, "minimum": 5, "items": False, "required": ["a"]}, None),
        ({"uniqueItems": True}, [1, True, "1", 1.5]),
        ({"enum": [1]}, 1.0),
        ({"properties": {"child": {"$ref": "#"}}, "additionalProperties": False}, {"child": {"child": {}}}),
        ({"title": "T", "format": "email", "x-mine": 1}, "no mail"),
    ],
)
def test_a_value_that_fits_passes(schema: Any, value: Any) -> None:
    assert violations(parse_schema(json.dumps(schema)), value) == []


@pytest.mark.parametrize("text", ['{"$ref": "#"}', '{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}'])
def test_a_schema_that_refers_to_itself_ends(text: str) -> None:
    assert set(violations(parse_schema(text), 1)) == {": `$ref` # refers to itself"}


def test_a_value_nested_too_deeply_for_its_schema_is_told() -> None:
    value: list[Any] = []
    for _ in range(100):
        value = [value]

    [reason] = violations(parse_schema('{"items": {"$ref": "#"}}'), value)

    assert reason.endswith(": nested too deeply")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "1",
        '{"type": "text"}',
        '{"required": "a"}',
        '{"properties": []}',
        '{"items": 1}',
        '{"$ref": "https://example.com/schema"}',
        '{"$ref": "#/nope"}',
        '{"unevaluatedProperties": false}',
        '{"multipleOf": 0}',
    ],
)
def test_a_text_that_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_schema(text)


def test_a_pattern_that_cannot_be_compiled_is_refused() -> None:
    with pytest.raises(re.error):
        parse_schema('{"pattern": "("}')
