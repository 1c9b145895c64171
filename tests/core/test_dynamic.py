"""Dynamic properties: kept as written until the task runs, then rendered and typed."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic, render_properties
from celeriac.core.errors import TaskFailed


class Color(StrEnum):
    RED = "RED"


class Nested(BaseModel):
    uri: Dynamic[str] | None = None


class Example(BaseModel):
    count: Dynamic[int] = 1
    text: Dynamic[str] | None = None
    names: Dynamic[list[str]] | None = None
    wait: Dynamic[Duration] | None = None
    color: Dynamic[Color] = Color.RED
    headers: Dynamic[dict[str, str]] | None = None
    anything: Dynamic[Any] = None
    nested: Nested | None = None


def render(value: Any, *, typed: bool) -> Any:
    """`{{ x }}` is 7, as text or as a number."""
    if isinstance(value, str):
        return (7 if typed else "7") if value == "{{ x }}" else value.replace("{{ x }}", "7")
    if isinstance(value, list):
        return [render(item, typed=typed) for item in value]
    if isinstance(value, dict):
        return {key: render(item, typed=typed) for key, item in value.items()}
    return value


def rendered(**properties: Any) -> Example:
    return render_properties(Example.model_validate(properties), render)


@pytest.mark.parametrize(
    ("properties", "name", "value"),
    [
        ({"count": "{{ x }}"}, "count", 7),
        ({"text": 12}, "text", "12"),
        ({"text": [1, "{{ x }}"]}, "text", '[1,"7"]'),
        ({"names": '["a", 1]'}, "names", ["a", "1"]),
        ({"names": ["{{ x }}"]}, "names", ["7"]),
        ({"wait": "PT5S"}, "wait", timedelta(seconds=5)),
        ({"headers": {"a": True}}, "headers", {"a": "true"}),
        ({"anything": "{{ x }}"}, "anything", 7),
        ({"nested": {"uri": "http://{{ x }}"}}, "nested", Nested(uri="http://7")),
    ],
)
def test_a_property_has_its_type_once_rendered(properties: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(rendered(**properties), name) == value


def test_a_bad_text_is_an_error_of_the_run_that_names_the_property() -> None:
    with pytest.raises(TaskFailed, match="Property `count`: the value `many` does not fit"):
        rendered(count="many")


def test_a_wrong_shape_is_an_error_of_the_file() -> None:
    with pytest.raises(ValidationError, match="should be a list or an expression"):
        Example.model_validate({"names": {"a": 1}})


def test_defaults_are_not_rendered() -> None:
    assert rendered().color is Color.RED
