"""What the parser accepts and refuses in the list of inputs."""

import pytest
from pydantic import ValidationError

from celeriac.core.inputs import clashing_paths

ACCEPTED = [
    "{name: old, type: STRING}",
    "{id: v, type: STRING, displayName: V, description: d, required: false, defaults: x}",
    "{id: v, type: INT, min: '5', defaults: '{{ 3 }}'}",
    "{id: v, type: INT, prefill: abc, required: false}",
    "{id: v, type: DURATION, min: 60, max: PT2H}",
    "{id: v, type: BOOL, defaults: maybe}",
    "{id: v, type: SELECT, values: [a, 1, true, {label: L, value: v}, {value: w}]}",
    "{id: v, type: SELECT, values: [a], expression: '{{ [1] }}'}",
    "{id: v, type: SELECT}",
    "{id: v, type: ENUM, values: [a]}",
    "{id: v, type: SELECT, values: ['1'], defaults: 1, isRadio: true, autoSelectFirst: true, allowCustomValue: true}",
    "{id: v, type: MULTISELECT, options: [a], defaults: [c]}",
    "{id: v, type: JSON, defaults: '{bad'}",
    "{id: v, type: ARRAY, itemType: INT, defaults: [a]}",
    "{id: v, type: URI, defaults: no uri}",
    "{id: v, type: FILE, defaults: 'nsfile:///x', allowedFileExtensions: [.csv], extension: .txt}",
    "{id: v, type: STRING, dependsOn: {inputs: []}}",
    "{id: v, type: STRING, dependsOn: {condition: true}}",
]
REFUSED = {
    "{id: v, type: string}": "does not match any of the expected tags",
    "{id: v}": "Unable to extract tag",
    "{type: STRING}": "Field required",
    "{id: a b, type: STRING}": "should match pattern",
    "{id: v, type: STRING, nope: 1}": "Extra inputs are not permitted",
    "{id: v, type: STRING, validator: '[a-'}": "invalid pattern [[a-]",
    "{id: v, type: STRING, validator: '[a-z]+', defaults: X1}": (
        "Invalid default for input 'v': it must match the pattern `[a-z]+`"
    ),
    "{id: v, type: INT, prefill: 3, defaults: 2}": "Inputs with a default value cannot also have a prefill.",
    "{id: v, type: INT, defaults: abc}": "Invalid default for input 'v': `abc` is not a valid INT value",
    "{id: v, type: INT, defaults: ''}": "Invalid default for input 'v': `` is not a valid INT value",
    "{id: v, type: INT, min: 5, defaults: 3}": "Invalid default for input 'v': it must be more than `5`",
    "{id: v, type: INT, min: 5, max: 3}": "no value can fit: `min` 5 is more than `max` 3",
    "{id: v, type: DATE, defaults: '2024-13-01'}": "`2024-13-01` is not a valid DATE value",
    "{id: v, type: DATE, after: '2024-13-01'}": "Cannot convert value '2024-13-01' to LocalDate",
    "{id: v, type: DATE, after: '2024-05-01', before: '2024-01-01'}": "no value can fit",
    "{id: v, type: DURATION, defaults: 60}": "`60` is not a valid DURATION value",
    "{id: v, type: EMAIL, defaults: no mail}": "The input must be a valid email",
    "{id: v, type: SELECT, values: [a, b], defaults: c}": "it must match the values `[a, b]`",
    "{id: v, type: MULTISELECT, values: [a], options: [b]}": "you can't define both `values` and `options`",
    "{id: v, type: JSON, jsonSchema: '{'}": "not a JSON schema",
    "{id: v, type: JSON, jsonSchema: {type: object}}": "should be a valid string",
    "{id: v, type: ARRAY}": "Field required",
    "{id: v, type: ARRAY, itemType: ARRAY}": "`itemType` cannot be ARRAY",
    "{id: v, type: MULTISELECT, itemType: SECRET, values: [a]}": "`itemType` cannot be SECRET",
    "{id: v, type: FILE, defaults: x.txt}": "the default of a FILE",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_declaration_is_accepted(declare, text: str) -> None:
    assert declare(f"[{text}]")


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_a_declaration_is_refused(declare, text: str, reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        declare(f"[{text}]")

    assert reason in str(raised.value)


@pytest.mark.parametrize("ids", [("a", "a.b"), ("a.b", "a")])
def test_an_id_below_another_is_told(declare, ids: tuple[str, str]) -> None:
    inputs = declare(f"[{{id: {ids[0]}, type: STRING}}, {{id: {ids[1]}, type: STRING}}]")

    assert list(clashing_paths(inputs)) == [
        (ids.index("a.b"), "Input path 'a' conflicts with 'a.b'; one cannot be nested under the other.")
    ]


def test_ids_beside_each_other_do_not_clash(declare) -> None:
    assert list(clashing_paths(declare("[{id: a.b, type: STRING}, {id: a.c, type: STRING}]"))) == []
