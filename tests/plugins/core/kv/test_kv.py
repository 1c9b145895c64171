"""The tasks of the KV store."""

from typing import Any

import pytest

from celeriac.core.errors import Refused, TaskFailed
from celeriac.plugins.core.kv.delete import Delete
from celeriac.plugins.core.kv.get import Get
from celeriac.plugins.core.kv.get_keys import GetKeys
from celeriac.plugins.core.kv.set import Set
from fakes import FakeContext, run_task

HERE = "company.team"


def put(context: FakeContext, namespace: str, key: str, value: Any) -> None:
    context.kv.set(namespace, key, value, overwrite=True, ttl_s=None, kind=None, description=None)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("{{ 1 }}", 1),
        ("{{ {'a': [1]} }}", {"a": [1]}),
        ("{{ true }}", True),
        ("12", "12"),
        ("[1,2]", "[1,2]"),
        ('{"a":1}', '{"a":1}'),
        ("text {{ 1 }}", "text 1"),
        (12, "12"),
        (True, "true"),
        ({"a": "{{ 1 }}"}, '{"a":"1"}'),
    ],
)
def test_an_expression_keeps_its_type_and_a_text_stays_a_text(
    context: FakeContext, written: object, stored: object
) -> None:
    run_task(Set, {"key": "k", "value": written}, context)

    assert context.kv.get(HERE, "k") == stored


@pytest.mark.parametrize(
    ("kind", "written", "stored"),
    [
        ("NUMBER", "12", 12),
        ("NUMBER", "1.5", 1.5),
        ("BOOLEAN", "true", True),
        ("BOOLEAN", "False", False),
        ("NUMBER", 12, 12),
        ("JSON", '{"a":1}', {"a": 1}),
        ("STRING", "007", "007"),
        ("STRING", "{{ 7 }}", "7"),
        ("DATE", "2024-01-02", "2024-01-02"),
        ("DATETIME", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("DURATION", "PT5M", "PT5M"),
    ],
)
def test_kv_type_says_what_a_text_becomes(context: FakeContext, kind: str, written: object, stored: object) -> None:
    run_task(Set, {"key": "k", "value": written, "kvType": kind}, context)

    assert context.kv.get(HERE, "k") == stored
    assert context.kv.stored[HERE, "k"].kind == kind


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("BOOLEAN", "yes"),
        ("NUMBER", "twelve"),
        ("NUMBER", "true"),
        ("JSON", "{"),
        ("DATE", "soon"),
        ("DATETIME", "x"),
        ("DURATION", "5m"),
    ],
)
def test_a_value_that_is_not_of_its_kv_type_fails(context: FakeContext, kind: str, written: str) -> None:
    with pytest.raises(TaskFailed, match=kind):
        run_task(Set, {"key": "k", "value": written, "kvType": kind}, context)


def test_namespace_ttl_and_description_are_handed_over(context: FakeContext) -> None:
    run_task(
        Set,
        {"key": "k", "value": "v", "namespace": "other", "ttl": "PT1H", "kvDescription": "a {{ flow.id }}"},
        context,
    )

    stored = context.kv.stored["other", "k"]
    assert (stored.value, stored.ttl_s, stored.description) == ("v", 3600, "a flow")


def test_an_existing_key_is_kept_when_overwrite_is_false(context: FakeContext) -> None:
    put(context, HERE, "k", "one")

    with pytest.raises(Refused):
        run_task(Set, {"key": "k", "value": "two", "overwrite": "{{ false }}"}, context)
    assert context.kv.get(HERE, "k") == "one"


def test_a_key_with_other_characters_fails(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match="bad key!"):
        run_task(Set, {"key": "bad key!", "value": "x"}, context)


def test_get_gives_the_value_of_the_own_namespace_else_of_a_parent(context: FakeContext) -> None:
    put(context, "company", "k", "parent")
    assert run_task(Get, {"key": "k"}, context) == {"value": "parent"}

    put(context, HERE, "k", {"own": 1})

    assert run_task(Get, {"key": "k"}, context) == {"value": {"own": 1}}


def test_get_of_a_named_namespace_looks_there_only(context: FakeContext) -> None:
    put(context, "company", "k", "parent")

    assert run_task(Get, {"key": "k", "namespace": HERE}, context) == {}


def test_a_missing_key_has_no_value_or_fails_when_asked_to(context: FakeContext) -> None:
    assert run_task(Get, {"key": "nope"}, context) == {}
    with pytest.raises(TaskFailed, match="nope"):
        run_task(Get, {"key": "nope", "errorOnMissing": True}, context)


def test_delete_tells_whether_the_key_was_there(context: FakeContext) -> None:
    put(context, HERE, "k", 1)

    assert run_task(Delete, {"key": "k"}, context) == {"deleted": True}
    assert run_task(Delete, {"key": "k"}, context) == {"deleted": False}
    with pytest.raises(TaskFailed, match="`k`"):
        run_task(Delete, {"key": "k", "errorOnMissing": True}, context)


def test_keys_are_listed_by_prefix_in_order(context: FakeContext) -> None:
    for key in ("b_2", "a_1", "b_1"):
        put(context, HERE, key, 0)

    assert run_task(GetKeys, {"prefix": "b_"}, context) == {"keys": ["b_1", "b_2"]}
    assert run_task(GetKeys, {}, context) == {"keys": ["a_1", "b_1", "b_2"]}
