"""Tags, white space, comments, raw text."""

from collections.abc import Callable
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError

LISTS: dict[str, Any] = {"l": [1, 2, 3], "m": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{% for i in l %}{{ loop.index }}{{ loop.first }}{{ loop.last }},{% endfor %}",
            "0truefalse,1falsefalse,2falsetrue,",
        ),
        ("{% for i in l %}{{ loop.length }}{{ loop.revindex }} {% endfor %}", "32 31 30 "),
        ("{% for e in m %}{{ e.key }}={{ e.value }};{{ e }} {% endfor %}", "a=1;a=1 b=2;b=2 "),
        ("{% for e in [] %}x{% else %}empty{% endfor %}{% for e in null %}x{% else %}y{% endfor %}", "empty"),
        ("{% set a = 1 %}{% for i in l %}{% set a = i %}{% set q = i %}{% endfor %}{{ a }}{{ q ?? 'none' }}", "3none"),
        ("{% for i in l %}{% set n = (n ?? 0) + i %}{{ n }} {% endfor %}", "1 3 6 "),
        ("{% for i in l %}{% if i == 1 %}a{% elseif i == 2 %}b{% else %}c{% endif %}{% endfor %}", "abc"),
        ("{% if false %}a{% elseif true %}b{% endif %}{% if true %}{% set q = 1 %}{% endif %}{{ q }}", "b1"),
        ("{{ f('x') }}{% macro f(p, q='!') %}{{ p }}{{ q }}{% endmacro %}{{ f(q=1, p=2) }}", "x!21"),
        ("{% block b %}hey{% endblock %} {{ block('b') }}", "hey hey"),
        ("{% filter upper | abbreviate(5) %}hey you{% endfilter %}", "HE..."),
        ("{% set l = 'new' %}{{ l }}", "new"),
    ],
)
def test_tags(render: Callable[..., Any], text: str, expected: str) -> None:
    assert expected == render(text, **LISTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a{# hidden #}b", "ab"),
        ("a   {{- 'x' -}}   b", "axb"),
        ("a {%- if true -%} y {%- endif -%} b", "ayb"),
        ("{{ 1 }} {{ 2 }}\n", "1 2\n"),
        ("{% if true %}\nx\n{% endif %}\n", "\nx\n\n"),
        ("{% raw %}{{ not.rendered }}{% endraw %} {{ 1 + 1 }}", "{{ not.rendered }} 2"),
        ("{% verbatim %}{{ also.not }}{% endverbatim %}", "{{ also.not }}"),
        ("{{ '{{ literal }}' }}", "{{ literal }}"),
    ],
)
def test_text_around_expressions(render: Callable[..., Any], text: str, expected: str) -> None:
    assert expected == render(text)


def test_a_macro_sees_only_its_arguments(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError, match="Unable to find `l`"):
        render("{% macro f() %}{{ l }}{% endmacro %}{{ f() }}", **LISTS)


@pytest.mark.parametrize(
    "tag", ["include 'x'", "extends 'x'", "import 'x'", "from 'x'", "cache 'x'", "autoescape true", "nope"]
)
def test_other_tags_are_refused(render: Callable[..., Any], tag: str) -> None:
    with pytest.raises(ExpressionError, match="Unexpected tag name"):
        render("{% " + tag + " %}")


@pytest.mark.parametrize(
    "text", ["{{ 'a' ", "{# open", "${#array}", "{% if true %}x", "{% raw %}x", "{{ 1 }", "{{ (1 }}"]
)
def test_what_is_not_closed_is_refused(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError, match="Un"):
        render(text)


def test_an_error_names_expression_and_line(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError, match=r"Unable to find `foo` used in the expression `{{ foo }}` at line 1"):
        render("{{ foo }}")


def test_an_error_in_a_long_text_shows_its_line_only(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError, match=r"used in the expression `echo {{ foo }}` at line 5"):
        render("1\n2\n3\n4\necho {{ foo }}\n6")


def test_a_syntax_error_names_the_line(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError, match=":2"):
        render("one\n{{ 1 + }}")
