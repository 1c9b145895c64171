"""The filters, one by one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError

VALUES: dict[str, Any] = {"m": {"a": 1, "b": 2}, "l": [1, 2, 3], "quoted": 'it\'s "ok"', "lines": "a\nb\n\nc"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a long sentence here' | abbreviate(10)", "a long ..."),
        ("'abcdef' | abbreviate(2)", "ab"),
        ("'a' | abbreviate(length=2)", "a"),
        ("'hello World' | capitalize", "Hello World"),
        ("'a b-c d' | title", "A B-c D"),
        ("'ß' | upper", "SS"),
        ("12 | upper", "12"),
        ("'A' | lower", "a"),
        ("' x ' | trim", "x"),
        ("null | upper", ""),
        ("'abc' | startsWith('a')", "true"),
        ("'abc' | endsWith(value='a')", "false"),
        ("'a.b.c' | substringBefore('.')", "a"),
        ("'a.b.c' | substringBeforeLast('.')", "a.b"),
        ("'a.b.c' | substringAfter('.')", "b.c"),
        ("'a.b.c' | substringAfterLast('.')", "c"),
        ("'abc' | substringAfter('x')", ""),
        ("'Héllo Wörld! foo_bar' | slugify", "hello-world-foo-bar"),
        ("quoted | escapeChar('single')", 'it\\\'s "ok"'),
        ("quoted | escapeChar('double')", 'it\'s \\"ok\\"'),
        ("quoted | escapeChar(type='shell')", "it'\\''s \"ok\""),
        ("lines | indent(2)", "a\n  b\n  \n  c"),
        ("lines | nindent(1, '-')", "\n-a\n-b\n-\n-c"),
        ("lines | nl2br", "a<br />b<br /><br />c"),
        ("'%s-%05d-%.2f-%2$s' | format('a', 5, 1.5)", "a-00005-1.50-5"),
        ("[1, 'a'] | string", "[1, a]"),
        ("1.50 | string", "1.5"),
    ],
)
def test_texts(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}", **VALUES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'ab' | replace({'a': 'b', 'b': 'c'})", "cc"),
        ("'a1b2' | replace({'[0-9]': '#'}, regexp=true)", "a#b#"),
        ("'a,b,,' | split(',')", '["a","b"]'),
        ("'a,b,,' | split(',', -1)", '["a","b","",""]'),
        ("'a,b,c' | split(',', 2)", '["a","b,c"]'),
        ("'a.b.c' | split('.')", "[]"),
        (r"'a.b' | split('\.')", '["a","b"]'),
        ("'abc123' | regexMatch('[0-9]+')", "true"),
        ("'john@site.org' | regexReplace('(.+)@(.+)', '$2:$1')", "site.org:john"),
        ("'xay' | regexReplace('(?<n>a)', '<${n}>')", "x<a>y"),
        (r"'v1.22.3' | regexExtract('v(\d+)\.(\d+)', 2)", "22"),
        ("'none' | regexExtract('[0-9]+')", ""),
        (r"'Ab1' | regexReplace('\p{Upper}', '-')", "-b1"),
        (r"'a.b' | regexReplace('\Q.\E', '-')", "a-b"),
    ],
)
def test_patterns_are_javas(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'héllo' | base64encode", "aMOpbGxv"),
        ("'aGk=' | base64decode", "hi"),
        ("'abc' | md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("'abc' | sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("'abc' | sha256 | abbreviate(11)", "ba7816bf..."),
        ("'abc' | sha512 | length", "128"),
        ("'a b&c=é~*' | urlencode", "a+b%26c%3D%C3%A9%7E*"),
        ("'a+b%20c' | urldecode", "a b c"),
    ],
)
def test_encodings(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("l | chunk(2)", "[[1,2],[3]]"),
        ("[1, 2, 1, '1', 1.0, null, null] | distinct", '[1,2,"1",1.0,null]'),
        ("null | distinct", "null"),
        ("[[1, [2]], [3], 4] | flatten", "[1,[2],3,4]"),
        ("l | first", "1"),
        ("'abc' | last", "c"),
        ("[] | first", ""),
        ("['a', null, [1, 'b'], {'k': 'v'}, 1.5, true] | join('-')", "a-null-[1, b]-{k=v}-1.5-true"),
        ("l | join", "123"),
        ("m | keys", '["a","b"]'),
        ("['x', 'y'] | keys", "[0,1]"),
        ("m | values", "[1,2]"),
        ("m | merge({'c': 3})", '{"a":1,"b":2,"c":3}'),
        ("l | merge([4])", "[1,2,3,4]"),
        ("[3, 1, 2] | sort", "[1,2,3]"),
        ("['b', 'C', 'a'] | sort", '["C","a","b"]'),
        ("[3, 1, 2] | rsort", "[3,2,1]"),
        ("[3, 1, 2] | reverse", "[2,1,3]"),
        ("l | slice(0, 2)", "[1,2]"),
        ("'hello' | slice(1, 3)", "el"),
        ("'a😀' | length", "3"),
        ("true | length", "0"),
        ("m | length", "2"),
        ("zero | default('d')", "0"),
        ("'  ' | default('d')", "d"),
        ("[] | default([1])", "[1]"),
        ("a.b.c | default('deep') | upper", "DEEP"),
    ],
)
def test_collections(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}", zero=0, **VALUES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("-5 | abs", "5"),
        ("'12' | number", "12"),
        ("'1.5' | number", "1.5"),
        ("'12' | number('FLOAT')", "12.0"),
        ("'1.50' | number('BIGDECIMAL')", "1.50"),
        ("'99999999999999999999' | number", "99999999999999999999"),
        ("'0x1F' | number", "31"),
        ("'007' | number", "7"),
        ("1234567.891 | numberFormat", "1,234,567.891"),
        ("1234567.891 | numberFormat('#,##0.00')", "1,234,567.89"),
        ("0.256 | numberFormat('0.0%')", "25.6%"),
        ("5 | numberFormat('000')", "005"),
        ("2.5 | numberFormat('0')", "2"),
        ("3.5 | numberFormat('0')", "4"),
        ("-5 | numberFormat('#;(#)')", "(5)"),
        ("12345 | numberFormat('0.###E0')", "1.234E4"),
        ("0.001234 | numberFormat('0.00E00')", "1.23E-03"),
        ("12345 | numberFormat('##0.##E0')", "12.345E3"),
        ("0.5 | numberFormat('#.#')", "0.5"),
        ("0.5 | numberFormat('#.00')", ".50"),
        ("1234.5 | numberFormat(\"'#'#,##0.0 EUR\")", "#1,234.5 EUR"),
    ],
)
def test_numbers(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}")


@pytest.mark.parametrize(
    "expression",
    [
        "'abc' | number",
        "5 | number",
        "'5' | numberFormat('0')",
        "'-3' | abs",
        "'cab' | sort",
        "[1, 'a'] | sort",
        "m | keys | sort",
        "'txt' | keys",
        "'txt' | flatten",
        "l | slice(0, 9)",
        "l | slice(-1)",
        "m | first",
        "'abc' | join(',')",
        "5 | sha256",
        "'!!' | base64decode",
        "'x' | escapeChar('other')",
        "'x' | regexMatch('[')",
        "'a' | nosuch",
        "'a' | abbreviate",
        "'a' | abbreviate(foo=2)",
        "l | jq('.[', 1)",
    ],
)
def test_values_and_arguments_that_do_not_fit_are_errors(render: Callable[..., Any], expression: str) -> None:
    with pytest.raises(ExpressionError):
        render("{{ " + expression + " }}", **VALUES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m | jq('.a')", "[1]"),
        ("m | jq('.a') | first", "1"),
        ("'{\"x\": [1, 2]}' | jq('.x[]')", "[1,2]"),
        ("m | jq('.nope')", "[null]"),
        ("null | jq('.')", ""),
        ("m | jq('env.PATH')", "[null]"),
        ("m | jq('$ENV')", "[{}]"),
        ("l | jq('map(. * 1.5)')", "[[1.5,3,4.5]]"),
        ("l | jq('[range(3)], [limit(2; repeat(1))]')", "[[0,1,2],[1,1]]"),
    ],
)
def test_jq_gives_a_list_and_sees_no_environment(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}", **VALUES)


@pytest.mark.parametrize(
    "program", ["bad syntax(", 'import "a" as b; .', "range(1e9)", "repeat(1)", "until(false; .)", "input"]
)
def test_a_jq_program_that_is_wrong_or_endless_is_an_error(render: Callable[..., Any], program: str) -> None:
    with pytest.raises(ExpressionError):
        render("{{ 1 | jq(p) }}", p=program)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{'a': 1, 'b': null} | toJson", '{"a":1}'),
        ("[1, null, 'q\"', 1.0, 1e] | toJson", None),
        ("['é', 10000000.0, null] | json", '["é",1.0E7,null]'),
        ("null | toJson", "null"),
        ("{'a': 1, 'b': 'x y', 'c d': 1.5} | toIon", "{a:1,b:\"x y\",'c d':1.5e0}"),
        ("5 | className", "java.lang.Long"),
        ("m | className", "java.util.LinkedHashMap"),
    ],
)
def test_structured_texts(render: Callable[..., Any], expression: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ExpressionError):
            render("{{ " + expression + " }}")
        return

    assert expected == render("{{ " + expression + " }}", **VALUES)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1, "l": ["x", "y"], "n": {"k": "v: w"}}, 'a: 1\nl:\n - x\n - "y"\n"n":\n  k: "v: w"\n'),
        ([1, "two"], " - 1\n - two\n"),
        ([[1, 2], {"a": 1, "b": [1]}], " -\n   - 1\n   - 2\n -\n  a: 1\n  b:\n   - 1\n"),
        ({"e": "", "s": " x", "o": "007", "t": "true", "c": "#c", "f": "1.5"}, None),
        ("multi\nline\n", "|\n  multi\n  line\n"),
        ({"a": [], "b": {}, "c": None}, "a: []\nb: {}\nc: null\n"),
    ],
)
def test_yaml_is_written_as_the_engines_write_it(render: Callable[..., Any], value: Any, expected: str | None) -> None:
    if expected is None:
        expected = 'e: ""\ns: \' x\'\no: \'007\'\nt: "true"\nc: "#c"\nf: 1.5\n'

    assert expected == render("{{ v | yaml }}", v=value)


def test_json_text_can_be_read_back(render: Callable[..., Any]) -> None:
    value = {"a": [1, 2.5, 'x\n\u0001"\\', True, None], "b": {"c": "é😀"}}

    assert value == json.loads(render("{{ v }}", v=value))
