"""The values of all inputs from what was given; measured on Kestra 2.0 unless a name says otherwise."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pytest

from celeriac.core.inputs import resolve


@dataclass
class Upload:
    """A file as a web framework gives it."""

    filename: str

    def read(self) -> bytes:
        return b""


def messages(resolved: Any) -> list[str]:
    return [problem.message for problem in resolved.problems]


def test_a_given_value_is_typed(start) -> None:
    assert start("[{id: v, type: INT}]", v="12").values == {"v": 12}


def test_a_given_value_is_not_rendered(start) -> None:
    assert start("[{id: v, type: STRING}]", v="{{ flow.id }}").values == {"v": "{{ flow.id }}"}


def test_a_default_is_rendered_and_typed(start) -> None:
    assert start("[{id: v, type: INT, defaults: '{{ 2 + 3 }}'}]").values == {"v": 5}


def test_a_default_is_not_rendered_when_a_value_is_given(start) -> None:
    resolved = start("[{id: v, type: STRING, defaults: '{{ nope }}'}]", v="g")

    assert (resolved.values, resolved.problems) == ({"v": "g"}, [])


def test_a_default_that_cannot_be_rendered_is_a_problem(start) -> None:
    [message] = messages(start("[{id: v, type: STRING, defaults: '{{ nope }}'}]"))

    assert message.startswith("Invalid value for input `v`. Cause: Unable to find `nope`")


def test_a_default_sees_the_inputs_it_depends_on(start) -> None:
    text = """
    - {id: v, type: STRING, defaults: '{{ inputs.w }}-{{ flow.id }}', dependsOn: {inputs: [w]}}
    - {id: w, type: INT}
    """

    assert start(text, w=1).values == {"v": "1-shop", "w": 1}


def test_a_default_sees_nothing_in_the_place_of_other_inputs_with_a_default(start) -> None:
    text = "[{id: w, type: STRING, defaults: W}, {id: v, type: STRING, defaults: '{{ inputs.w }}!'}]"

    assert start(text).values == {"v": "!", "w": "W"}


def test_a_default_does_not_see_an_input_without_default_that_it_does_not_depend_on(start) -> None:
    [message] = messages(start("[{id: w, type: INT}, {id: v, type: STRING, defaults: '{{ inputs.w }}'}]", w=1))

    assert message.startswith("Invalid value for input `v`. Cause: Unable to find `w`")


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("{id: v, type: DURATION, defaults: PT5M}", "PT5M"),
        ("{id: v, type: DATETIME, defaults: '2024-01-01T00:00:00.5Z'}", "2024-01-01T00:00:00.500Z"),
        ("{id: v, type: FLOAT, defaults: 2}", "2.0"),
        ("{id: v, type: SECRET, defaults: abc}", "abc"),
    ],
)
def test_a_dependent_default_sees_texts_that_can_be_given_again(start, first: str, expected: str) -> None:
    text = f"[{first}, {{id: w, type: STRING, defaults: '{{{{ inputs.v }}}}', dependsOn: {{inputs: [v]}}}}]"

    assert start(text).values["w"] == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("{id: v, type: JSON, defaults: {a: '{{ 1 }}', b: ['{{ 2 }}x', 3]}}", {"a": "1", "b": ["2x", 3]}),
        ("{id: v, type: JSON, defaults: '{\"a\": {{ 1 }}}'}", {"a": 1}),
        ("{id: v, type: ARRAY, itemType: INT, defaults: ['{{ 1 }}', 2]}", [1, 2]),
        ("{id: v, type: ARRAY, itemType: INT, defaults: '{{ [1, 2] }}'}", [1, 2]),
        ("{id: v, type: MULTISELECT, values: [a, b], defaults: '[\"b\"]'}", ["b"]),
        ("{id: v, type: STRING, defaults: '{{ null }}'}", ""),
        ("{id: v, type: STRING, defaults: '{{ true }}'}", "true"),
        ("{id: v, type: DURATION, defaults: \"{{ 'PT1M' }}\"}", 60.0),
        ("{id: v, type: FLOAT, defaults: '{{ 1 }}'}", 1.0),
        ("{id: v, type: SELECT, values: ['1', '2'], defaults: 1}", "1"),
        ("{id: v, type: SELECT, values: [a, b], autoSelectFirst: true}", "a"),
        ("{id: v, type: SELECT, values: [a, b], autoSelectFirst: true, required: false}", "a"),
        ("{id: v, type: MULTISELECT, values: [a, b], autoSelectFirst: true}", ["a"]),
    ],
)
def test_a_default_has_many_forms(start, declared: str, expected: Any) -> None:
    assert start(f"[{declared}]").values == {"v": expected}


@pytest.mark.parametrize("given", [{}, {"v": None}, {"v": ""}])
def test_a_missing_required_input_is_a_problem(start, given: dict[str, Any]) -> None:
    assert messages(start("[{id: v, type: INT}]", **given)) == ["Missing required input:v"]


def test_a_default_that_renders_to_nothing_is_missing(start) -> None:
    assert messages(start("[{id: v, type: INT, defaults: '{{ null }}'}]")) == ["Missing required input:v"]


def test_json_null_is_a_value(start) -> None:
    resolved = start("[{id: v, type: JSON}]", v="null")

    assert (resolved.values, resolved.problems) == ({"v": None}, [])


def test_an_optional_input_that_is_not_given_is_none(start) -> None:
    assert start("[{id: v, type: INT, required: false}]", v="").values == {"v": None}


def test_an_empty_text_is_a_value_of_a_string(start) -> None:
    assert start("[{id: v, type: STRING, defaults: d}]", v="").values == {"v": ""}


def test_none_takes_the_default(start) -> None:
    assert start("[{id: v, type: STRING, defaults: d}]", v=None).values == {"v": "d"}


def test_a_prefill_is_no_default(start) -> None:
    assert messages(start("[{id: v, type: INT, prefill: 5}]")) == ["Missing required input:v"]


def test_every_problem_is_told_at_once(start) -> None:
    found = messages(start("[{id: a, type: INT}, {id: b, type: STRING}, {id: c, type: DATE}]", a="x", c="y"))

    assert found == [
        "Invalid value for input `a`. Cause: Cannot convert value 'x' to Integer",
        "Missing required input:b",
        "Invalid value for input `c`. Cause: Cannot convert value 'y' to LocalDate",
    ]


@pytest.mark.parametrize(
    ("declared", "given", "reason"),
    [
        ("{id: v, type: INT, min: 1, max: 3}", 0, "it must be more than `1`"),
        ("{id: v, type: FLOAT, min: 0, max: 1.5}", 1.6, "it must be less than `1.5`"),
        ("{id: v, type: FLOAT, min: 1}", 0, "it must be more than `1.0`"),
        ("{id: v, type: DURATION, min: PT1M, max: PT2H}", "P1D", "It must be less than `PT2H`"),
        (
            "{id: v, type: DATETIME, before: '2024-06-01T00:00:00.5Z'}",
            "2025-01-02T03:04:05Z",
            "it must be before `2024-06-01T00:00:00.500Z`",
        ),
        ("{id: v, type: DATE, after: '2024-01-01'}", "2023-01-02", "it must be after `2024-01-01`"),
        ("{id: v, type: TIME, after: '10:00'}", "09:00", "it must be after `10:00`"),
        ("{id: v, type: STRING, validator: '[a-z]+'}", "abc1", "it must match the pattern `[a-z]+`"),
        ("{id: v, type: SECRET, validator: '[a-z]+'}", "S1", "v: it must match the pattern `[a-z]+`"),
        ("{id: v, type: SELECT, values: [a, 1, true]}", "A", "it must match the values `[a, 1, true]`"),
        ("{id: v, type: SELECT, values: [a], required: false}", "", "it must match the values `[a]`"),
        ("{id: v, type: MULTISELECT, values: [a, b]}", ["a", "z"], "value `z` doesn't match the values `[a, b]`"),
        (
            "{id: v, type: SELECT, expression: '{{ [\"b\", 1] }}', values: [a]}",
            "a",
            "it must match the values `[b, 1]`",
        ),
        (
            "{id: v, type: SELECT, expression: '{{ 1 }}'}",
            "a",
            "v: Invalid expression result. Expected a list of values",
        ),
        (
            "{id: v, type: SELECT, expression: '{{ nope }}'}",
            "a",
            "v: Cannot render 'expression'. Cause: Unable to find",
        ),
        (
            '{id: v, type: JSON, jsonSchema: \'{"type": "object", "required": ["a"]}\'}',
            "{}",
            "Invalid JSON schema: v: it must match the json schema: [: required property 'a' not found]",
        ),
        ("{id: v, type: EMAIL}", "john", "The input must be a valid email"),
        ("{id: v, type: EMAIL}", "ä@b.c", "The input must be a valid email"),
    ],
)
def test_a_validator_refuses(start, declared: str, given: Any, reason: str) -> None:
    [message] = messages(start(f"[{declared}]", v=given))

    assert message.startswith(f"Invalid value for input `v`. Cause: {reason}")


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("{id: v, type: INT, min: 10, max: 20}", "10", 10),
        ("{id: v, type: DATE, before: '2024-06-01'}", "2024-06-01", "2024-06-01"),
        ("{id: v, type: SELECT, values: [a], allowCustomValue: true}", "C", "C"),
        ("{id: v, type: SELECT}", "C", "C"),
        ("{id: v, type: SELECT, values: [{label: Red, value: r}]}", "r", "r"),
        ("{id: v, type: MULTISELECT, values: [A], allowCustomValue: true}", '["A", "Z"]', ["A", "Z"]),
        ("{id: v, type: MULTISELECT, itemType: INT, values: ['1', '2']}", "[1, 2]", [1, 2]),
        ("{id: v, type: MULTISELECT, options: [a]}", ["a"], ["a"]),
        ("{id: v, type: EMAIL}", "a@b..c", "a@b..c"),
    ],
)
def test_a_validator_lets_pass(start, declared: str, given: Any, expected: Any) -> None:
    resolved = start(f"[{declared}]", v=given)

    assert (resolved.values, resolved.problems) == ({"v": expected}, [])


CONDITIONAL = """
- {id: mode, type: SELECT, values: [simple, full], defaults: simple}
- {id: extra, type: STRING, dependsOn: {inputs: [mode], condition: "{{ inputs.mode == 'full' }}"}}
- {id: more, type: STRING, dependsOn: {inputs: [extra]}}
"""


def test_an_input_that_is_off_is_absent_and_so_are_those_that_depend_on_it(start) -> None:
    assert start(CONDITIONAL).values == {"mode": "simple"}


def test_an_input_that_is_on_is_required(start) -> None:
    assert messages(start(CONDITIONAL, mode="full", more="m")) == ["Missing required input:extra"]


def test_a_value_for_an_input_that_is_off_is_dropped_with_a_warning(start) -> None:
    resolved = start(CONDITIONAL, extra="e")

    assert resolved.values == {"mode": "simple"}
    assert ["`extra`" in warning for warning in resolved.warnings] == [True]


def test_an_input_that_is_off_keeps_its_default(start) -> None:
    text = """
    - {id: a, type: BOOL, defaults: false}
    - {id: b, type: STRING, defaults: B, dependsOn: {inputs: [a], condition: "{{ inputs.a }}"}}
    """

    assert start(text, b="given").values == {"a": False, "b": "B"}


def test_an_input_is_off_when_it_depends_on_one_without_a_value(start) -> None:
    text = "[{id: a, type: STRING, required: false}, {id: c, type: STRING, dependsOn: {inputs: [a]}}]"

    assert start(text, c="x").values == {"a": None}


@pytest.mark.parametrize(
    ("condition", "enabled"),
    [
        ("{{ true }}", True),
        ("{{ inputs.a == 1 }}", True),
        ("true", False),
        (" {{ true }}", False),
        ("{{ 'true' }}", False),
        ("{{ inputs.a }}", False),
    ],
)
def test_a_condition_must_be_true_itself(start, condition: str, enabled: bool) -> None:
    text = f'[{{id: a, type: INT}}, {{id: c, type: STRING, dependsOn: {{inputs: [a], condition: "{condition}"}}}}]'

    resolved = start(text, a=1, c="x")

    assert resolved.inputs[1].enabled is enabled


def test_a_condition_that_fails_switches_off_and_says_why(start) -> None:
    resolved = start("[{id: c, type: STRING, dependsOn: {condition: '{{ nope }}'}}]", c="x")

    assert (resolved.problems, resolved.inputs[0].enabled) == ([], False)
    assert (resolved.inputs[0].error or "").startswith("Invalid condition: ")


def test_an_unknown_name_is_a_warning_with_a_hint(start) -> None:
    resolved = start("[{id: name, type: STRING, defaults: x}]", nmae="y")

    assert resolved.unknown == ("nmae",)
    assert resolved.warnings == [
        "Input `nmae` is not declared by the flow (did you mean `name`?): the given value is ignored"
    ]


NESTED = "[{id: db.host, type: STRING}, {id: db.port, type: INT, required: false}]"


def test_dotted_ids_nest(start) -> None:
    assert start(NESTED, **{"db.host": "h"}).values == {"db": {"host": "h", "port": None}}


def test_nested_values_may_be_given_nested(start) -> None:
    resolved = start(NESTED, db={"host": "h", "port": "1", "user": "u"})

    assert (resolved.values, resolved.unknown) == ({"db": {"host": "h", "port": 1}}, ("db.user",))


def test_the_choices_are_told(start) -> None:
    resolved = start("[{id: v, type: SELECT, expression: '{{ [1, 2] }}', required: false}]")

    assert resolved.inputs[0].choices == ("1", "2")


def test_a_file_that_is_sent_is_stored(declare, render) -> None:
    stored: list[tuple[str, Any]] = []

    def store(input_id: str, sent: Any) -> str:
        stored.append((input_id, sent))
        return "kestra:///x/data.csv"

    resolved = resolve(declare("[{id: f, type: FILE}]"), {"f": PurePath("data.csv")}, render, store_file=store)

    assert (resolved.values, stored) == ({"f": "kestra:///x/data.csv"}, [("f", PurePath("data.csv"))])


def test_a_file_that_is_stored_already_is_kept(declare, render) -> None:
    resolved = resolve(declare("[{id: f, type: FILE}]"), {"f": "kestra:///a/b"}, render, store_file=lambda *_: "no")

    assert resolved.values == {"f": "kestra:///a/b"}


def test_nothing_is_stored_without_a_store(start) -> None:
    assert start("[{id: f, type: FILE}]", f=PurePath("data.csv")).values["f"].startswith("kestra://")


def test_a_file_that_cannot_be_stored_is_a_problem(declare, render) -> None:
    def store(input_id: str, sent: Any) -> str:
        raise FileNotFoundError(2, "No such file or directory")

    resolved = resolve(declare("[{id: f, type: FILE}]"), {"f": PurePath("data.csv")}, render, store_file=store)

    assert messages(resolved) == [
        "Invalid value for input `f`. Cause: The file 'data.csv' cannot be stored: No such file or directory"
    ]


@pytest.mark.parametrize("given", ["/etc/passwd", "https://e.org/x", 12, {"a": 1}])
def test_a_text_never_names_a_file_of_the_server(declare, render, given: Any) -> None:
    stored: list[Any] = []

    resolved = resolve(
        declare("[{id: f, type: FILE}]"), {"f": given}, render, store_file=lambda _, sent: str(stored.append(sent))
    )

    assert stored == []
    assert " does not exist in the storage" in messages(resolved)[0]


@pytest.mark.parametrize("sent", [PurePath("data.txt"), Upload("data.txt")])
def test_a_file_of_another_kind_is_refused(start, sent: Any) -> None:
    resolved = start("[{id: f, type: FILE, allowedFileExtensions: [.csv, json]}]", f=sent)

    assert messages(resolved) == [
        "Invalid value for input `f`. Cause: File type not allowed. Accepted extensions: .csv, .json"
    ]


def test_a_file_of_the_kind_is_accepted_in_any_case(start) -> None:
    assert start("[{id: f, type: FILE, allowedFileExtensions: [csv]}]", f=PurePath("DATA.CSV")).problems == []


@pytest.mark.parametrize(
    ("declared", "expected"), [("extension: zip", ".zip"), ("extension: .gz", ".gz"), ("", ".upl")]
)
def test_a_sent_file_without_a_name_has_an_extension(declare, declared: str, expected: str) -> None:
    [file] = declare(f"[{{id: f, type: FILE, {declared}}}]")

    assert file.suffix == expected
