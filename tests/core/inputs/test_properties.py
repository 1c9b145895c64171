"""Whatever is given: a typed value that can be stored and given as JSON, or a ValueError; never anything else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from celeriac.core.inputs import AnyInput, Input, coerce, resolve

TYPES = [
    "STRING", "SECRET", "SELECT", "ENUM", "EMAIL", "INT", "FLOAT", "BOOL", "BOOLEAN", "DATETIME", "DATE", "TIME",
    "DURATION", "FILE", "JSON", "YAML", "URI", "ARRAY", "MULTISELECT",
]  # fmt: skip
DECLARED: list[Input] = TypeAdapter(list[AnyInput]).validate_python(
    [
        {"id": f"i.{name}", "type": name, "required": False}
        | ({"itemType": "DURATION"} if name == "ARRAY" else {})
        | ({"min": "PT1S"} if name == "DURATION" else {})
        for name in TYPES
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(
        ["1e999", "0000-00-00", "9999-12-31T23:59:59-18:00", "0001-01-01T00:00:00+18:00", "P999999999999D"]
    )
    | st.sampled_from(["- &a [*a]", "{a: b", '{"a": NaN}', "0x1p9999999", "9" * 5000, "-" * 3000, '{"a":' * 3000])
    | st.from_regex(r"\A[-0-9T:.+ZPDHMS]{1,30}\Z")
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@pytest.mark.parametrize("type_name", TYPES)
@given(value=values)
@settings(max_examples=60, deadline=None)
def test_a_value_is_typed_or_refused(type_name: str, value: Any) -> None:
    try:
        typed = coerce(type_name, value)
    except ValueError:
        return

    assert json.loads(json.dumps(typed, allow_nan=False)) == typed


@given(value=values)
@settings(max_examples=60, deadline=None)
def test_inputs_are_resolved_or_refused(value: Any) -> None:
    resolved = resolve(DECLARED, {"i": dict.fromkeys(TYPES, value), "other": value}, lambda text, _: text)

    assert set(resolved.values["i"]) == set(TYPES)


@given(given_values=st.dictionaries(st.text(), values))
@settings(max_examples=60, deadline=None)
def test_unknown_names_never_fail(given_values: dict[str, Any]) -> None:
    resolved = resolve(DECLARED, given_values, lambda text, _: text)

    assert len(resolved.unknown) >= len(set(given_values) - {"i", *(declared.id for declared in DECLARED)})
