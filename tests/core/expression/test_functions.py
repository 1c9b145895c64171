"""The functions that are not about dates."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError
from celeriac.core.expression import NoWorld, Renderer


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('fromJson(\'{"a": {"b": [1, 2]}}\').a.b[1]', "2"),
        ("fromJson('5') + 1", "6"),
        ("fromJson(null) is null", "true"),
        ("json('[1]')[0]", "1"),
        ("yaml('n: 007\nb: yes\nd: 2024-01-01')", '{"n":7,"b":true,"d":"2024-01-01"}'),
        ("fromIon('{a:1, b:sym, c:2020-01-01T00:00:00Z, e:null, i:1e3}').i", "1000.0"),
        ("fromIon('{a:1}\n{a:2}')", '{"a":1}'),
        ("fromIon('{a:1}\n{a:2}', allRows=true)", '[{"a":1},{"a":2}]'),
        ("fromIon('')", ""),
        ("min(3, 1, 2)", "1"),
        ("max(1, 2.5)", "2.5"),
        ("range(1, 10, 3)", "[1,4,7,10]"),
        ("range('a', 'c')", '["a","b","c"]'),
        ("range(3, 0, -1)", "[3,2,1,0]"),
        ("loopOutputs([{'outputs': {'x': 1}}, {'outputs': {'x': 2}}], 'x')", "[1,2]"),
        ("uuid() | length", "36"),
        ("id() | length", "22"),
        ("ksuid() | length", "27"),
        ("nanoId(length=4, alphabet='a')", "aaaa"),
        ("randomInt(lower=5, upper=6)", "5"),
        ("randomPort() > 1023", "true"),
        ("decrypt(key, encrypt(key, 'hi'))", "hi"),
    ],
)
def test_functions(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}", key="I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("kv('counter') + 1", "42"),
        ("kv('counter', 'other.ns')", "other.ns/counter"),
        ("kv('nope', errorOnMissing=false) ?? 'd'", "d"),
        ("secret('TOKEN')", "s3cret"),
        ("secret('TOKEN', subkey='a')", "s3cret/a"),
        ("secret('TOKEN', full=true).value", "s3cret"),
        ("read('a.txt')", "content"),
        ("fileURI('a.txt')", "nsfile:///a.txt"),
        ("fileSize('a.txt')", "7"),
        ("fileExists('kestra:///b.txt')", "false"),
        ("isFileEmpty('kestra:///a.txt')", "false"),
        ("env('HOME')", "/root"),
        ("env('NOPE', 'dflt')", "dflt"),
        ("errorLogs()[0].message", "broken"),
        ("tasksWithState('failed')[0].state", "FAILED"),
        ("http(uri='http://x', method='POST', body={'a': 1}).ok", "true"),
    ],
)
def test_functions_that_ask_the_world(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}")


@pytest.mark.parametrize(
    "expression",
    [
        "kv('nope')",
        "secret('NOPE')",
        "read('nope')",
        "fromJson('{bad')",
        "fromJson('')",
        "fromIon('{a')",
        "yaml('a: [')",
        "nosuch()",
        "range(5)",
        "min('a', 'b')",
        "decrypt('AAAA', 'x')",
        "toJson({})",
        "randomInt()",
        "parent()",
    ],
)
def test_what_goes_wrong_in_a_function_is_an_expression_error(render: Callable[..., Any], expression: str) -> None:
    with pytest.raises(ExpressionError):
        render("{{ " + expression + " }}")


def test_a_body_is_sent_as_json(render: Callable[..., Any], world: Any) -> None:
    render("{{ http(uri='http://x', body={'a': 1}) }}")

    assert world.requests == [{"uri": "http://x", "method": "GET", "body": '{"a": 1}'}]


def test_values_that_hold_expressions_stay_as_they_are(render: Callable[..., Any]) -> None:
    assert render("{{ v }}", v="{{ 1 + 1 }}") == "{{ 1 + 1 }}"


def test_render_renders_what_a_value_holds(render: Callable[..., Any]) -> None:
    assert render("{{ render(v) }} {{ renderOnce(v) }}", v="{{ w }}", w="{{ 1 + 1 }}") == "2 {{ 1 + 1 }}"


def test_render_does_not_let_coalesce_hide_what_is_undefined(render: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError):
        render("{{ render('{{ nope }}') ?? 'd' }}")


def test_the_context_can_be_printed(render: Callable[..., Any]) -> None:
    assert json.loads(render("{{ printContext() }}", a=[1])) == {"a": [1]}


def test_the_output_of_the_current_iteration_is_found(render: Callable[..., Any]) -> None:
    outputs = {"x": {"outer": {"inner": {"value": 5}}}}
    taskrun, parents = {"value": "inner"}, [{"taskrun": {"value": "outer"}}]

    text = render("{{ currentEachOutput(outputs.x).value }}", outputs=outputs, taskrun=taskrun, parents=parents)

    assert text == "5"


def test_without_a_world_a_function_says_so() -> None:
    renderer = Renderer(NoWorld(lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: 0.5))

    with pytest.raises(ExpressionError, match="`read` is not available here"):
        renderer.render("{{ read('x') }}", {})
