"""No expression runs away with time or memory, and no Python error escapes."""

from collections.abc import Callable
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError

BOMB = (
    "{% set a = [1] %}{% set b = [1] %}{% for i in 1..40 %}{% set a = [a, a, a] %}{% set b = [b, b, b] %}{% endfor %}"
)
RECURSION = "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}"


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in 1..1000000 %}{{ i }}{% endfor %}",
        "{% for i in 1..1000 %}{% for j in 1..1000 %}{% endfor %}{% endfor %}",
        "{% set a = 'x' %}{% for i in 1..100 %}{% set a = a ~ a %}{% endfor %}{{ a | length }}",
        "{% set a = [1] %}{% for i in 1..100 %}{% set a = a + a %}{% endfor %}{{ a | length }}",
        "{{ big ~ big ~ big }}",
        "{{ big | replace({'a': big}) }}",
        "{{ big | regexReplace('a', big) }}",
        "{{ lines | indent(5000) }}",
        "{{ range(1, 100000000) }}",
        "{{ nanoId(length=100000000) }}",
        "{{ '%9999999s' | format('a') }}",
        RECURSION,
        "{{ render(loop) }}",
    ],
)
def test_what_takes_too_long_or_grows_too_large_is_refused(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError, match=r"too|deep|expects a length|no such width"):
        render(text, big="a" * 1_000_000, lines="\n" * 10_000, loop="{{ render(loop) }}")


@pytest.mark.parametrize(
    "use",
    [
        "a",
        "a | toJson",
        "a == b",
        "[a] contains b",
        "[a] - [b]",
        "a ~ ''",
        "a | yaml",
        "a | toIon",
        "a | jq('.')",
        "a | distinct",
        "a | join('')",
        "a | string",
        "a.toString()",
        "a.indexOf(b)",
    ],
)
def test_a_value_that_grows_by_sharing_is_refused(render: Callable[..., Any], use: str) -> None:
    with pytest.raises(ExpressionError, match="too large"):
        render(BOMB + "{{ " + use + " }}")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){20}b", r"(\w+\s*)+$", "(.*,)+x"])
def test_a_pattern_that_may_never_end_is_refused(render: Callable[..., Any], pattern: str) -> None:
    with pytest.raises(ExpressionError, match="may never end"):
        render("{{ v | regexMatch(p) }}", v="a" * 60 + "!", p=pattern)


@pytest.mark.parametrize("pattern", [r"(\d+\.){3}\d+", r"^(\d+\.)+$", "(a|b)+c", "[a-z]+-[0-9]+", r"(?:\w+/)*\w+"])
def test_ordinary_repetitions_are_allowed(render: Callable[..., Any], pattern: str) -> None:
    assert render("{{ v | regexMatch(p) }}", v="!" * 60, p=pattern) == "false"


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "[" * 500 + "]" * 500 + " }}",
        "{{ " + "-" * 3000 + "1 }}",
        "{{ " + "not " * 3000 + "1 }}",
        "{% if true %}" * 60 + "x" + "{% endif %}" * 60,
    ],
)
def test_deep_nesting_is_refused(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError, match="nested"):
        render(text)


@pytest.mark.parametrize(
    "expression",
    [
        "'x'.substring(5, 1)",
        "[1].get(9)",
        "l | chunk('a')",
        "'x' | abbreviate('a')",
        "'x' | indent('a')",
        "l[1.5]",
        "'a' | split(1, 'b')",
        "randomInt('a', 5)",
        "range(1, 1.0 / 0)",
        "(1.0 / 0) | date",
        "nanoId('x')",
        "m[[1]]",
        "m[m]",
        "99999999999999 | date",
        "read(5)",
        "kv(null)",
        "date('x')",
        "l.subList(5, 9)",
        "'x'.repeat(-1, 2)",
    ],
)
def test_arguments_of_the_wrong_type_are_expression_errors(render: Callable[..., Any], expression: str) -> None:
    with pytest.raises(ExpressionError):
        render("{{ " + expression + " }}", l=[1], m={"a": 1})
