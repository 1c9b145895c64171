"""Executions that programs ask for by a message."""

import json
from typing import Any

import pytest

from celeriac.services.submissions import SubmissionRefused
from hand_engine import HandEngine

FLOW = """
id: greeting
namespace: company.team
inputs:
  - {id: name, type: STRING, defaults: world}
tasks:
  - {id: hello, type: io.kestra.plugin.core.debug.Return, format: "Hello {{ inputs.name }}"}
"""
SOURCE = "test queue"


def message(**properties: Any) -> bytes:
    """A message for the flow above."""
    return json.dumps({"namespace": "company.team", "flowId": "greeting", **properties}).encode()


@pytest.fixture
def engine(on_each_database: HandEngine) -> HandEngine:
    on_each_database.register(FLOW)
    return on_each_database


def test_a_message_starts_an_execution_with_its_inputs_and_labels(engine: HandEngine) -> None:
    started = engine.app.submissions.accept(SOURCE, message(inputs={"name": "Ada"}, labels={"team": "data"}))
    engine.drain()

    ended = engine.look(started)
    assert (ended.state, ended.outputs_of("hello")) == ("SUCCESS", {"value": "Hello Ada"})
    assert {"key": "team", "value": "data"} in ended.document["labels"]


def test_messages_with_the_same_key_start_one_execution(engine: HandEngine) -> None:
    started = [engine.app.submissions.accept(SOURCE, message(idempotencyKey="order-7")) for _ in range(3)]

    assert len(set(started)) == 1


def test_the_same_key_starts_another_execution_of_another_flow(engine: HandEngine) -> None:
    engine.register(FLOW.replace("id: greeting", "id: other"))
    first = engine.app.submissions.accept(SOURCE, message(idempotencyKey="order-7"))

    assert engine.app.submissions.accept(SOURCE, message(idempotencyKey="order-7", flowId="other")) != first


def test_a_message_that_is_delivered_twice_starts_one_execution(engine: HandEngine) -> None:
    started = [engine.app.submissions.accept(SOURCE, message(), message_id="17-0") for _ in range(2)]

    assert len(set(started)) == 1


def test_messages_whose_long_ids_begin_alike_start_two_executions(engine: HandEngine) -> None:
    ids = ["x" * 300 + end for end in ("a", "b", "b")]
    started = [engine.app.submissions.accept(SOURCE, message(), message_id=one) for one in ids]

    assert len(set(started)) == 2


def test_a_revision_is_run_as_asked(engine: HandEngine) -> None:
    engine.register(FLOW.replace("Hello", "Bye"))

    started = engine.app.submissions.accept(SOURCE, message(revision=1))
    engine.drain()

    assert engine.look(started).outputs_of("hello") == {"value": "Hello world"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"{}", "`namespace`: Field required; `flowId`: Field required"),
        (message(flowId=7), "`flowId`: Input should be a valid string"),
        (message(flow_id="x", surprise=1), "surprise"),
        (message(inputs=[1]), "`inputs`: Input should be a valid dictionary"),
        (message(labels={"team": ""}), "must not be empty"),
        (message(revision=0), "`revision`"),
        (message(revision=9), "has no revision 9"),
        (message(flowId="nobody"), "Unable to find flow 'company.team'.'nobody'"),
        (message(idempotencyKey="x" * 257), "`idempotencyKey`"),
        (b" " * 5_000_001, "5,000,001 bytes"),
    ],
)
def test_what_cannot_be_started_is_kept_with_the_reason(by_hand: HandEngine, body: bytes, reason: str) -> None:
    by_hand.register(FLOW)

    with pytest.raises(SubmissionRefused):
        by_hand.app.submissions.accept(SOURCE, body)

    (letter,) = by_hand.app.submissions.dead_letters.newest(10)
    assert reason in letter.reason
    assert (SOURCE, body.decode(errors="replace")[:1_000_000].replace("\x00", "\ufffd")) == (letter.source, letter.body)


def test_a_refused_message_starts_nothing(by_hand: HandEngine) -> None:
    by_hand.register(FLOW.replace("tasks:", "disabled: true\ntasks:"))

    with pytest.raises(SubmissionRefused, match="disabled"):
        by_hand.app.submissions.accept(SOURCE, message())

    assert not by_hand.publisher.jobs


def test_a_text_cannot_name_a_file_of_the_server(by_hand: HandEngine) -> None:
    by_hand.register(FLOW.replace("type: STRING, defaults: world", "type: FILE"))

    with pytest.raises(SubmissionRefused, match="does not exist in the storage"):
        by_hand.app.submissions.accept(SOURCE, message(inputs={"name": "/etc/passwd"}))


@pytest.mark.parametrize("value", ["\ud800", 10**30, {"\udfff": 1}])
def test_what_only_python_reads_of_json_is_kept_as_a_dead_letter(engine: HandEngine, value: Any) -> None:
    sent = {"namespace": "company.team", "flowId": "greeting", "inputs": {"name": value}, "labels": {"x": ""}}

    with pytest.raises(SubmissionRefused):
        engine.app.submissions.accept(SOURCE, sent)

    (letter,) = engine.app.submissions.dead_letters.newest(10)
    assert json.loads(letter.body) == sent


@pytest.mark.parametrize("value", ["\ud800", 10**30])
def test_what_cannot_be_stored_of_a_message_is_a_dead_letter_too(engine: HandEngine, value: Any) -> None:
    sent = {"namespace": "company.team", "flowId": "greeting", "inputs": {"name": value, "\udc80": value}}

    with pytest.raises(SubmissionRefused):
        engine.app.submissions.accept(SOURCE, sent)

    assert len(engine.app.submissions.dead_letters.newest(10)) == 1
