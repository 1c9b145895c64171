"""What is rendered: shapes of values, native results, printing, truth, and what expressions use."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError
from celeriac.core.expression import calls, does_io, has_expression, names, to_json, truthy


def test_texts_without_expressions_are_the_same_objects(render: Callable[..., Any]) -> None:
    text = '{"json": {"a": 1}} $' + "{VAR}"

    assert text is render(text)


def test_lists_and_mappings_are_rendered_at_every_depth(render: Callable[..., Any]) -> None:
    value = {"{{ k }}Key": [1, "{{ n }}", {"deep": ["a{{ n }}"]}], "plain": True, "none": None}

    assert render(value, k="dyn", n=3) == {"dynKey": [1, "3", {"deep": ["a3"]}], "plain": True, "none": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ 1 }}", 1),
        ("{{ 2.0 }}", 2.0),
        ("{{ true }}", True),
        ("{{ null }}", None),
        ("{{ [1, 'x'] }}", [1, "x"]),
        ("{{ {'a': 1} }}", {"a": 1}),
        ("{{ '12' }}", "12"),
        (" {{ 1 }}", " 1"),
        ("{{ 1 }}{{ 2 }}", "12"),
        ("{% if true %}{{ [1] }}{% endif %}", [1]),
        ("{{ m | keys }}", ["a"]),
    ],
)
def test_one_expression_keeps_its_native_value_when_typed(render: Callable[..., Any], text: str, expected: Any) -> None:
    assert expected == render(text, typed=True, m={"a": 1})


def test_typed_a_list_cannot_be_joined_with_text(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError, match="Cannot concat"):
        render("l={{ [1] }}", typed=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "true"),
        (1.0, "1.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (0.0001, "1.0E-4"),
        (0.001, "0.001"),
        (-2.5, "-2.5"),
        (10**20, "100000000000000000000"),
        (Decimal("1.50"), "1.50"),
        ([1, None, "a", {"b": None, "c": 1.5}], '[1,null,"a",{"c":1.5}]'),
        ({"q": 'a"b\\c\n'}, '{"q":"a\\"b\\\\c\\n"}'),
    ],
)
def test_values_print_as_the_engines_print_them(render: Callable[..., Any], value: Any, expected: str) -> None:
    assert f"[{expected}]" == render("[{{ v }}]", v=value)


def test_keys_that_are_no_texts_become_texts_in_json() -> None:
    assert to_json({1: 2, None: [], 1.5: {}}) == '{"1":2,"null":[],"1.5":{}}'


@pytest.mark.parametrize("value", [None, "", "  ", "false", " 0 ", "-0", 0, False])
def test_false_values(value: Any) -> None:
    assert not truthy(value)


@pytest.mark.parametrize("value", ["true", "1", "no", "FALSE", "0.0", [], {}, 1, True])
def test_true_values(value: Any) -> None:
    assert truthy(value)


@pytest.mark.parametrize(
    ("text", "expected"), [("{{ a }}", True), ("{% raw %}", True), ("{# #}", True), ("{a} }}", False)]
)
def test_a_text_has_an_expression_when_it_has_a_delimiter(text: str, expected: bool) -> None:
    assert expected == has_expression(text)


def test_functions_and_filters_used_are_found_at_every_depth() -> None:
    value = {
        "{{ k | upper }}": [
            "{{ a ?? read(f(1)) }}",
            {"x": "{{ b | default(kv('k')) }} {% for i in range(1, 2) %}{% endfor %}"},
        ]
    }

    assert {"upper", "read", "f", "default", "kv", "range"} == calls(value)


def test_variables_read_are_found() -> None:
    assert {"outputs", "inputs", "vars"} == names(["{{ outputs.a[inputs.b] }}", "{{ x(vars) is defined }}", 5])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ read('a') }}", True),
        ("{{ x ?? fileSize('a') }}", True),
        ("{{ kv('a') }}{{ secret('b') }}{{ fileURI('c') }}", False),
        ("{{ read( }}", False),
        ("read('a')", False),
    ],
)
def test_reading_files_and_calling_http_is_io(text: str, expected: bool) -> None:
    assert expected == does_io(text)
