"""The Redis stream on which producers ask for executions."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from celeriac_workers.listeners import redis_stream
from celeriac_workers.listeners.redis_stream import RedisStream, message_of
from hand_engine import HandEngine

FLOW = """
id: greeting
namespace: company.team
inputs:
  - {id: name, type: STRING, defaults: world}
tasks:
  - {id: hello, type: io.kestra.plugin.core.debug.Return, format: "Hello {{ inputs.name }}"}
"""
MESSAGE = {"namespace": "company.team", "flowId": "greeting", "inputs": {"name": "Ada"}}


@pytest.fixture
def client(valkey_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(valkey_url, decode_responses=True) as connection:
        connection.delete("test.submit", "test.submit.dead")
        yield connection


@contextmanager
def listening(engine: HandEngine, url: str) -> Iterator[RedisStream]:
    """A listener at work."""
    stop = threading.Event()
    source = RedisStream(url, engine.app.submissions, stream="test.submit", dead="test.submit.dead")
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    try:
        yield source
    finally:
        stop.set()
        thread.join()


def test_an_entry_with_a_document_starts_an_execution(
    by_hand: HandEngine, client: redis.Redis, valkey_url: str
) -> None:
    by_hand.register(FLOW)
    client.xadd("test.submit", {"data": json.dumps(MESSAGE)})

    with listening(by_hand, valkey_url):
        by_hand.wait_for(lambda: by_hand.publisher.jobs, "the execution to start")
        by_hand.wait_for(lambda: client.xlen("test.submit") == 0, "the entry to be acknowledged")
    ((_, execution_id, _, _),) = by_hand.publisher.jobs
    by_hand.drain()

    assert by_hand.look(execution_id).outputs_of("hello") == {"value": "Hello Ada"}


def test_an_entry_may_hold_its_properties_as_fields() -> None:
    fields = {b"namespace": b"company.team", b"flowId": b"greeting", b"inputs": b'{"name": "Ada"}'}

    assert json.loads(message_of(fields)) == MESSAGE


def test_what_a_dead_listener_had_taken_is_taken_over(
    by_hand: HandEngine, client: redis.Redis, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_stream, "_IDLE_MS", 0)
    by_hand.register(FLOW)
    client.xgroup_create("test.submit", redis_stream.GROUP, id="0", mkstream=True)
    client.xadd("test.submit", {"data": json.dumps(MESSAGE)})
    client.xreadgroup(redis_stream.GROUP, "somebody-dead", {"test.submit": ">"})

    with listening(by_hand, valkey_url):
        by_hand.wait_for(lambda: client.xlen("test.submit") == 0, "the entry to be taken over")

    assert len(by_hand.publisher.jobs) == 1


def test_a_refused_entry_goes_to_the_dead_letters_with_the_reason(
    by_hand: HandEngine, client: redis.Redis, valkey_url: str
) -> None:
    client.xadd("test.submit", {"data": "{not json"})

    with listening(by_hand, valkey_url):
        by_hand.wait_for(lambda: client.xlen("test.submit") == 0, "the entry to be refused")

    ((_, dead),) = client.xrange("test.submit.dead")
    assert dead["data"] == "{not json"
    assert "not JSON" in dead["reason"]
    assert len(by_hand.app.submissions.dead_letters.newest(10)) == 1


def test_the_group_is_made_again_when_redis_has_lost_it(
    by_hand: HandEngine, client: redis.Redis, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_stream, "_PAUSE_S", 0.05)
    by_hand.register(FLOW)

    with listening(by_hand, valkey_url):
        by_hand.wait_for(lambda: client.exists("test.submit"), "the group to be made")
        client.delete("test.submit")
        by_hand.wait_for(lambda: client.exists("test.submit"), "the group to be made again")
        client.xadd("test.submit", {"data": json.dumps(MESSAGE)})
        by_hand.wait_for(lambda: by_hand.publisher.jobs, "the execution to start")
