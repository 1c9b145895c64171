"""Attributes, items and methods, on plain and on lazy values."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError, UndefinedVariable


class Lazy(Mapping[str, Any]):
    """Counts what is looked up."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_ = values
        self.loaded: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.loaded.append(key)
        return self.values_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ m.a.b[0] }} {{ m['a']['b'][1] }} {{ m['dash-key'] }} {{ m[k].b[0] }} {{ m['2'] }}", "10 20 dash 10 two"),
        ("{{ m.items }} {{ m.keys }} {{ m.get }}", "i k g"),
        ("{{ s.length() }} {{ s.toUpperCase() }} {{ s.substring(1, 3) }} {{ 'abc'.length() }}", "5 HELLO el 3"),
        ("{{ m.a.b.size() }} {{ m.a.b.size }} {{ m.a.keySet() }} {{ m.a.containsKey('b') }}", '2 2 ["b"] true'),
        ("{{ s.replace('l', 'L') }} {{ s.split('l') }} {{ s.indexOf('l') }}", 'heLLo ["he","","o"] 2'),
        ("{{ m.a.entrySet() }} {{ m.a.values() }} {{ m.a.getOrDefault('q', 5) }}", '[{"b":[10,20]}] [[10,20]] 5'),
        ("{{ fromJson('{\"x\": [1, 2]}').x[1] }} {{ ([1, 2])[1] }} {{ ({'z': 5}).z }}", "2 2 5"),
    ],
)
def test_access(render: Callable[..., Any], text: str, expected: str) -> None:
    m = {"a": {"b": [10, 20]}, "dash-key": "dash", "2": "two", "items": "i", "keys": "k", "get": "g"}

    assert expected == render(text, m=m, s="hello", k="a")


@pytest.mark.parametrize(
    "text",
    ["{{ nope }}", "{{ m.b }}", "{{ l[3] }}", "{{ l[-1] }}", "{{ m['z'] }}", "{{ n.x }}", "{{ m.a.b }}", "{{ s[0] }}"],
)
def test_what_is_not_there_is_undefined(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(UndefinedVariable, match="Unable to find"):
        render(text, m={"a": 1}, l=[1], n=None, s="x")


def test_only_the_keys_named_are_loaded(render: Callable[..., Any]) -> None:
    outputs = Lazy({"a": Lazy({"value": "x"}), "b": Lazy({"value": "y"})})

    text = render("{{ outputs.a.value }} {{ outputs.c.value ?? 'none' }}", outputs=outputs)

    assert (text, outputs.loaded) == ("x none", ["a", "c"])


def test_a_lazy_mapping_prints_loops_and_counts_as_any_map(render: Callable[..., Any]) -> None:
    outputs = Lazy({"a": Lazy({"value": 1})})

    text = render("{{ outputs }} {% for e in outputs %}{{ e.key }}{% endfor %} {{ outputs | length }}", outputs=outputs)

    assert text == '{"a":{"value":1}} a 1'


def test_a_typed_result_has_no_lazy_parts(render: Callable[..., Any]) -> None:
    assert render("{{ o }}", typed=True, o=Lazy({"a": Lazy({"value": (1,)})})) == {"a": {"value": [1]}}


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ s.__class__.__mro__ ?? fail() }}",
        "{{ m.__init__ }}",
        "{{ s.format('x') }}",
        "{{ s.encode() }}",
        "{{ l.append(1) }}",
        "{{ m.update(m) }}",
        "{{ m.pop('a') }}",
        "{{ s.getClass() }}",
        "{{ now.__globals__ }}",
        "{{ self }}",
        "{{ environment }}",
        "{{ context }}",
        "{{ cycler.__init__ }}",
        "{{ f.__globals__ }}",
        "{{ f() }}",
        "{{ range.__self__ }}",
        "{{ (1).real }}",
        "{% for c in ''.__class__.__subclasses__() %}{% endfor %}",
    ],
)
def test_python_objects_are_out_of_reach(render: Callable[..., Any], text: str) -> None:
    with pytest.raises(ExpressionError):
        render(text, s="x", m={"a": 1}, l=[1], f=print)
