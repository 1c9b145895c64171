"""Streams of server-sent events: what they say, where they go on, and how they end."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from celeriac.web.streams import Streams
from hand_engine import HandEngine

FLOW = """
id: hello
namespace: examples.web
inputs:
  - {id: token, type: SECRET, defaults: very-secret-token}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "said {{ inputs.token }}"}
  - {id: return, type: io.kestra.plugin.core.debug.Return, format: "back {{ inputs.token }}"}
outputs:
  - {id: shown, type: STRING, value: "{{ inputs.token }}"}
"""
SECRET = b"very-secret-token"


class Stream:
    """The events of an answer as they come."""

    def __init__(self, answer: TestResponse) -> None:
        assert answer.status_code == 200, answer.text
        self.answer = answer
        self.raw = b""
        self._chunks: Iterator[bytes] = iter(answer.response)  # type: ignore[arg-type] # bytes, for it streams

    def begin(self) -> "Stream":
        """Waits until the stream is open."""
        self.raw += next(self._chunks)
        return self

    def next(self) -> dict[str, Any]:
        """The next event that is no comment: {id, event, data}."""
        for chunk in self._chunks:
            self.raw += chunk
            fields = dict(
                line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line and line[0] != ":"
            )
            if "data" in fields:
                return fields | {"data": orjson.loads(fields["data"])}
        raise EOFError

    def until(self, what: str) -> dict[str, Any]:
        """The next event in whose text something stands."""
        while what not in str(event := self.next()):
            pass
        return event


@pytest.fixture
def opened(api: FlaskClient, by_hand: HandEngine) -> Iterator[Any]:
    """Opens streams, which are closed in the end."""
    found: list[Stream] = []

    def open_(path: str, **options: Any) -> Stream:
        found.append(Stream(api.get(f"/api/v1/{path}", **options)))
        return found[-1]

    yield open_
    for stream in found:
        stream.answer.close()


def start(engine: HandEngine) -> str:
    return engine.start(FLOW)


def test_the_stream_of_an_execution_begins_with_everything_and_tells_what_changes(
    by_hand: HandEngine, opened: Any
) -> None:
    execution_id = start(by_hand)

    stream = opened(f"events?topics=execution:{execution_id}")
    first = stream.next()
    by_hand.drain()
    last = stream.until("'done': True")

    assert first["event"] == "execution"
    assert first["data"]["topic"] == f"execution:{execution_id}"
    assert (first["data"]["complete"], first["data"]["taskRuns"]) == (True, [])
    assert first["data"]["execution"]["state"]["current"] == "CREATED"
    assert "taskRunList" not in last["data"]["execution"]
    assert last["data"]["execution"]["state"]["current"] == "SUCCESS"
    assert int(first["id"].partition("-")[0]) < int(last["id"].partition("-")[0])


def test_the_stream_of_an_ended_execution_tells_it_as_it_is(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)
    by_hand.drain()

    data = opened(f"events?topics=execution:{execution_id}").next()["data"]

    assert [run["taskId"] for run in data["taskRuns"]] == ["say", "return"]
    assert data["taskRuns"][1]["outputs"] == {"value": "back ******"}


def test_lines_of_the_log_come_as_they_are_written(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)

    stream = opened(f"events?topics=logs:{execution_id}")
    first = stream.next()
    by_hand.drain()

    assert (first["event"], first["data"]["lines"], first["data"]["first"]) == ("logs", [], True)
    assert stream.until("said ******")["data"]["topic"] == f"logs:{execution_id}"


def test_lines_of_lower_levels_are_left_out(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)
    by_hand.drain()

    assert opened(f"events?topics=logs:{execution_id}?minLevel=ERROR").next()["data"]["lines"] == []


def test_the_list_of_executions_tells_which_have_changed(by_hand: HandEngine, opened: Any) -> None:
    stream = opened("events?topics=executions,flows").begin()
    execution_id = start(by_hand)

    assert execution_id in stream.until("executions")["data"]["changed"]
    assert stream.until("flows")["data"] == {"topic": "flows", "changed": True}


def test_a_stream_goes_on_behind_the_last_event(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)
    path = f"events?topics=execution:{execution_id}"
    before = opened(path)
    first = before.next()
    before.answer.close()
    by_hand.drain()

    after = opened(path, headers={"Last-Event-ID": first["id"]}).next()

    assert after["data"]["complete"] is False
    assert [run["taskId"] for run in after["data"]["taskRuns"]] == ["say", "return"]


def test_the_id_of_another_server_means_nothing(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)
    headers = {"Last-Event-ID": "99999999999999999-elsewhere"}

    assert opened(f"events?topics=execution:{execution_id}", headers=headers).next()["data"]["complete"] is True


def test_streams_are_not_kept_by_proxies(by_hand: HandEngine, opened: Any) -> None:
    answer = opened("events?topics=flows").answer

    assert answer.mimetype == "text/event-stream"
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("no-store", "no")


def test_a_client_of_kestra_follows_an_execution_to_its_end(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)

    stream = opened(f"main/executions/{execution_id}/follow")
    first, second = stream.next(), stream.next()
    by_hand.drain()
    last = stream.until("'id': 'end'")

    assert (first["id"], first["data"]["id"], "taskRunList" in first["data"]) == ("start", execution_id, False)
    assert second["id"] == "progress"
    assert [run["taskId"] for run in last["data"]["taskRunList"]] == ["say", "return"]
    with pytest.raises(EOFError):
        stream.next()


def test_a_client_of_kestra_follows_a_log_to_its_end(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)

    stream = opened(f"main/logs/{execution_id}/follow?minLevel=INFO")
    assert stream.next()["id"] == "start"
    by_hand.drain()
    line = stream.next()

    assert (line["id"], line["data"]["message"], line["data"]["taskId"]) == ("progress", "said ******", "say")
    assert stream.next()["id"] == "end"


def test_no_stream_shows_a_secret(by_hand: HandEngine, opened: Any) -> None:
    execution_id = start(by_hand)
    streams = [
        opened(path)
        for path in (
            f"events?topics=execution:{execution_id},logs:{execution_id}",
            f"executions/{execution_id}/follow",
            f"logs/{execution_id}/follow",
        )
    ]
    by_hand.drain()

    streams[0].until("'done': True")
    for stream in streams[1:]:
        stream.until("'id': 'end'")
    assert [stream for stream in streams if SECRET in stream.raw] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("events", 422),
        ("events?topics=nonsense", 404),
        ("events?topics=execution:nope", 404),
        ("executions/nope/follow", 404),
        ("logs/nope/follow", 404),
    ],
)
def test_what_cannot_be_watched_is_refused(api: FlaskClient, path: str, status: int) -> None:
    assert api.get(f"/api/v1/{path}").status_code == status


def test_a_closed_stream_is_counted_no_more(server: Flask, by_hand: HandEngine) -> None:
    counter: Streams = server.extensions["celeriac.streams"]
    with server.test_client() as client:
        untouched, read = (client.get("/api/v1/events?topics=flows") for _ in range(2))
        next(iter(read.response))
        during = counter.open
        untouched.close()
        read.close()

    assert (during, counter.open, by_hand.app.live.watched) == (2, 0, 0)


def test_more_streams_than_there_are_threads_for_are_told_to_come_again(server: Flask) -> None:
    server.extensions["celeriac.streams"].limit = 1
    client = server.test_client()
    with client.get("/api/v1/events?topics=flows"):
        refused = client.get("/api/v1/events?topics=flows")
        waiting = client.post("/api/v1/executions/examples.web/hello?wait=true")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert waiting.status_code == 503


def test_a_refused_stream_is_not_counted(server: Flask) -> None:
    server.test_client().get("/api/v1/events?topics=nonsense")

    assert server.extensions["celeriac.streams"].open == 0


def test_a_server_that_ends_ends_its_streams(by_hand: HandEngine, opened: Any) -> None:
    stream = opened("events?topics=flows")
    by_hand.app.live.close()

    assert stream.until("reconnect")["event"] == "reconnect"
    with pytest.raises(EOFError):
        stream.next()
