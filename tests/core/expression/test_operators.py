"""Operators: what they do, and how tight they bind."""

from collections.abc import Callable
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError, UndefinedVariable

VARIABLES: dict[str, Any] = {
    "a": None,
    "b": 2,
    "l": [1, 2],
    "d": {"k": None, "n": {"z": 9}},
    "s": "hello",
    "t": True,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ x ?? 'd' }}", "d"),
        ("{{ a ?? 'd' }}", "d"),
        ("{{ a ??? 'd' }}", None),
        ("{{ x ??? 'd' }}", "d"),
        ("{{ d.q.z.y ?? 'd' }}", "d"),
        ("{{ d.n.z ?? 'd' }}", 9),
        ("{{ x ?? a ?? b ?? 1 }}", 2),
        ("{{ t ? 1 : 2 }}", 1),
        ("{{ not t ? 1 : 2 }}", 2),
        ("{{ t ? (not t ? 1 : 2) : 3 }}", 2),
        ("{{ t ? not t ? 1 : 2 : 3 }}", 2),
        ("{{ l contains 2 }}", True),
        ("{{ s contains 'ell' and l contains 1 }}", True),
        ("{{ not (l contains 5) }}", True),
        ("{{ l contains 5 ? 'y' : 'n' }}", "n"),
        ("{{ {'a': t ? 1 : 2, 'b': x ?? 3} }}", {"a": 1, "b": 3}),
        ("{{ l[t ? 0 : 1] }}", 1),
        ("{{ (x ?? 'd') | upper }}", "D"),
        ("{{ x | default('q') }}", "q"),
        ("{% for i in x ?? [1,2] %}{{ i }}{% endfor %}", "12"),
        ("{% set y = x ?? 5 %}{{ y }}", 5),
        ("{% if x ?? false %}A{% else %}B{% endif %}", "B"),
        ("{% for i in l %}{{ i ?? 0 }}{{ x ?? i }}{% endfor %}", "1122"),
        ("{% macro m(p) %}{{ p ?? 'no' }}{% endmacro %}{{ m(a) }}{{ m(3) }}", "no3"),
        ("{{ 1.5 }}", 1.5),
        ("{{ x ?? 'd' | upper }}", "D"),
        ("{{ a ?? b == 2 }}", True),
        ("{{ x ?? 1 + 1 }}", 2),
        ("{{ s equals 'hello' }}", True),
        ("{{ d['k'] ?? 7 }}", 7),
        ("{{ s ~ '?' ~ ('a ?? b') }}", "hello?a ?? b"),
        ("text ?? {{ 1 }} a ? b : c", "text ?? 1 a ? b : c"),
        ("{{ t?1:2 }}", 1),
        ("{{ x.y ?? x.z ?? 'e' }}", "e"),
        ("{{ b == 2 ? 'two' : b == 3 ? 'three' : 'other' }}", "two"),
        ("{{ b > 1 and (x ?? true) }}", True),
        ("{{ (d.k ?? 'u') ~ '-' ~ (d.n.z ?? 0) }}", "u-9"),
        ("{{ not a is null }}", "refused"),
        ("{{ 1 == 1.0 }}", True),
        ("{{ 1..3 }}", [1, 2, 3]),
        ("{{ 1 + 2 ~ 3 }}", "123"),
        ("{{ 'x' isIn ['x'] }}", True),
    ],
)
def test_the_dialect_reads_as_the_engines_read_it(render: Callable[..., Any], text: str, expected: Any) -> None:
    if expected == "refused":
        with pytest.raises(ExpressionError):
            render(text, typed=True, **VARIABLES)
        return

    assert expected == render(text, typed=True, **VARIABLES)


@pytest.mark.parametrize(
    "text", ["{{ l[0:1] }}", "{{ b if t else 3 }}", "{{ 'a' in s }}", "{{ 2 ** 3 }}", "{{ 7 // 2 }}"]
)
def test_what_only_jinja_knows_is_refused(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError):
        render(text, **VARIABLES)


@pytest.mark.parametrize(
    "text", ["{{ t ? 1 }}", "{{ ?? }}", "{{ b ?? }}", "{{ a ? : 2 }}", "{{ 1 2 }}", "{{ }}", "{{ [1,] }}"]
)
def test_an_incomplete_expression_is_refused(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError, match="Unexpected"):
        render(text, **VARIABLES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ 7 / 2 }} {{ -7 / 2 }} {{ -7 % 3 }} {{ 7.5 / 2 }}", "3 -3 -1 3.75"),
        ("{{ '1' + 1 }} {{ 1 + 'a' }} {{ '5' - 1 }} {{ '9' / 2 }} {{ '5.5' * 2 }}", "11 1a 4 4 11.0"),
        ("{{ [1] + 2 }} {{ [1] + [2] }} {{ [1, 2, 1] - 1 }} {{ [1, 2, 3] - [1, 3] }}", "[1,2] [1,2] [2,1] [2]"),
        ("{{ 9223372036854775807 + 1 }}", "-9223372036854775808"),
        ("{{ 1.0 / 0 }}", "Infinity"),
        ("{{ 0.1 + 0.2 }}", "0.30000000000000004"),
    ],
)
def test_arithmetic_is_javas(render: Callable[..., Any], text: str, expected: str) -> None:
    assert expected == render(text)


@pytest.mark.parametrize("text", ["{{ 1 / 0 }}", "{{ 'x' * 2 }}", "{{ null + 1 }}", "{{ true + 1 }}", "{{ 1 < 'a' }}"])
def test_operands_that_do_not_fit_are_errors(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError):
        render(text)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "%", "==", "equals", "!="])
def test_an_undefined_operand_is_an_error_also_below_coalesce(render: Callable[..., Any], operator: str) -> None:
    with pytest.raises(UndefinedVariable):
        render("{{ (1 %s nope) ?? 'd' }}" % operator)  # noqa: UP031


def test_an_undefined_part_of_a_joined_text_is_replaced_by_coalesce(render: Callable[..., Any]) -> None:
    assert render("{{ 'a' ~ nope ?? 'b' }}") == "b"


def test_coalesce_evaluates_its_right_side_only_when_needed(render: Callable[..., Any]) -> None:
    assert render("{{ 1 ?? fromJson('{') }}") == "1"


def test_coalesce_does_not_hide_errors_of_functions(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError):
        render("{{ kv('nope') ?? 'd' }}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ 'x' and true }} {{ 0 or 'y' }} {{ false and nope }} {{ true or nope }}", "true true false true"),
        ("{{ 'false' ? 'T' : 'F' }} {{ null ? 'T' : 'F' }} {{ '' ? 'T' : 'F' }}", "T F F"),
        ("{{ not 1 == 2 }}", "false"),
    ],
)
def test_conditions_are_cast(render: Callable[..., Any], text: str, expected: str) -> None:
    assert expected == render(text)


@pytest.mark.parametrize(
    "text", ["{{ null or true }}", "{{ not null }}", "{% if [1] %}x{% endif %}", "{{ [1] ? 1 : 2 }}"]
)
def test_null_and_collections_are_no_conditions(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError, match="no condition"):
        render(text)


def test_a_double_quoted_text_holds_expressions(render: Callable[..., Any]) -> None:
    assert render("""{{ "a#{1 + 1}b#{d['n'].z}" }} {{ '#{1}' }}""", **VARIABLES) == "a2b9 #{1}"


def test_only_the_quote_of_a_text_is_unescaped(render: Callable[..., Any]) -> None:
    assert render(r"""{{ 'it\'s' }} {{ "\"q\"" }} {{ 'a\nb' }}""") == """it's "q" a\\nb"""
