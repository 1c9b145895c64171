"""Subflow: a child execution, awaited or not, and what crosses the border."""

import pytest

from celeriac.core.execution import Letter
from engine.flow_text import LOG, call, fail, flow, log, work
from hand_engine import HandEngine
from real_engine import RealEngine


def test_inputs_go_in_and_outputs_come_out(engine: RealEngine) -> None:
    child = flow(
        """
        inputs: [{id: who, type: STRING}]
        tasks: [{id: r, type: io.kestra.plugin.core.debug.Return, format: "hello {{ inputs.who }}"}]
        outputs: [{id: text, type: STRING, value: "{{ outputs.r.value }}"}]
        """,
        "child_io",
    )
    read = "{id: read, type: io.kestra.plugin.core.debug.Return, format: '{{ outputs.call.outputs.text }}'}"

    ended = engine.run(flow(f"tasks: [{call('child_io', 'inputs: {who: you}')}, {read}]"), needs=[child])

    (started,) = ended.children
    assert ended.outputs_of("read") == {"value": "hello you"}
    assert ended.outputs_of("call") == {
        "executionId": started["id"],
        "state": "SUCCESS",
        "outputs": {"text": "hello you"},
    }
    assert started["trigger"]["variables"]["executionId"] == ended.id
    assert started["trigger"]["variables"]["taskId"] == "call"


@pytest.mark.parametrize(
    ("child_task", "more", "state"),
    [
        (fail("bad"), "", "FAILED"),
        (fail("bad"), "transmitFailed: false", "SUCCESS"),
        (fail("bad", "allowFailure: true"), "", "WARNING"),
        (fail("bad"), "wait: false", "SUCCESS"),
    ],
)
def test_the_state_of_the_child_counts_as_the_task_says(
    engine: RealEngine, child_task: str, more: str, state: str
) -> None:
    child = flow(f"tasks: [{child_task}]", "child_state")

    ended = engine.run(flow(f"tasks: [{call('child_state', more)}]"), needs=[child])

    assert (ended.state, ended.state_of("call")) == (state, state)


def test_a_child_that_is_not_awaited_is_created_with_the_end_of_its_task(engine: RealEngine) -> None:
    child = flow(f"tasks: [{log('a')}]", "child_free")

    ended = engine.run(flow(f"tasks: [{call('child_free', 'wait: false')}]"), needs=[child])

    assert ended.outputs_of("call") == {"executionId": ended.children[0]["id"], "state": "CREATED"}


def test_a_child_is_done_only_after_its_after_execution_tasks(by_hand: HandEngine) -> None:
    by_hand.register(flow(f"tasks: [{log('a')}]\nafterExecution: [{work('late')}]", "child_after"))
    execution_id = by_hand.start(flow(f"tasks: [{call('child_after')}]"))

    by_hand.drain_advances()
    assert by_hand.look(execution_id).state_of("call") == "RUNNING"

    by_hand.work()
    by_hand.drain()
    assert by_hand.look(execution_id).state_of("call") == "SUCCESS"


@pytest.mark.parametrize(
    ("child", "more", "reason"),
    [
        (None, "", "Unable to find flow"),
        (flow(f"disabled: true\ntasks: [{log('a')}]", "child_bad"), "", "disabled"),
        (flow(f"inputs: [{{id: n, type: INT}}]\ntasks: [{log('a')}]", "child_bad"), "", "n"),
        (flow(f"inputs: [{{id: n, type: INT}}]\ntasks: [{log('a')}]", "child_bad"), "inputs: {n: x}", "n"),
    ],
)
def test_a_child_that_cannot_start_fails_its_task_run_even_when_failures_are_allowed(
    by_hand: HandEngine, child: str | None, more: str, reason: str
) -> None:
    task = call("child_bad", "allowFailure: true" + (more and f", {more}"))

    ended = by_hand.run(flow(f"tasks: [{task}]"), needs=[child] if child else [])

    assert (ended.state, ended.state_of("call"), ended.children) == ("FAILED", "FAILED", [])
    assert reason in ended.messages[0]


def test_a_failed_child_is_started_anew_by_a_retry(engine: RealEngine) -> None:
    child = flow(f"tasks: [{fail('bad')}]", "child_again")
    retry = "retry: {type: constant, interval: PT0.05S, maxAttempts: 2}"

    ended = engine.run(flow(f"tasks: [{call('child_again', retry)}]"), needs=[child])

    assert ended.attempts_of("call") == ["FAILED", "FAILED"]
    assert len(ended.children) == 2


def test_flows_that_call_each_other_end_at_a_depth_of_50(by_hand: HandEngine) -> None:
    by_hand.register(flow(f"tasks: [{log('a')}]", "pong"))
    ping = flow(f"tasks: [{call('pong')}]", "ping")
    pong = flow(f"tasks: [{call('ping')}]", "pong")

    ended = by_hand.run(ping, needs=[pong])

    assert ended.state == "FAILED"
    assert len(ended.children) == 50
    assert any("50" in message for message in ended.messages)


def test_a_repeated_advance_starts_no_second_child(by_hand: HandEngine) -> None:
    by_hand.register(flow(f"tasks: [{work('a')}]", "child_once"))
    execution_id = by_hand.start(flow(f"tasks: [{call('child_once')}]"))

    by_hand.drain(copies=2)

    ended = by_hand.look(execution_id)
    assert (ended.state, len(ended.children)) == ("SUCCESS", 1)


def test_a_kill_goes_down_to_the_last_child_and_comes_back(by_hand: HandEngine) -> None:
    by_hand.register(flow(f"tasks: [{work('a')}]", "grandchild"), flow(f"tasks: [{call('grandchild')}]", "child"))
    execution_id = by_hand.start(flow(f"tasks: [{call('child')}, {log('never')}]"))
    by_hand.drain_advances()
    (job,) = by_hand.take("execute")
    run, execution = by_hand.claim(job[1], job[2])

    by_hand.app.executions.kill(execution_id)
    by_hand.drain()
    assert {document["state"]["current"] for document in by_hand.look(execution_id).children} == {"KILLING"}

    by_hand.change("UPDATE task_run SET state = 'KILLED' WHERE execution_id = :x AND seq = :s", x=job[1], s=run.seq)
    by_hand.app.surroundings.executions.deliver([ended_letter(job[1], run.seq)])
    by_hand.publisher.advance([execution.id])
    by_hand.drain()

    ended = by_hand.look(execution_id)
    assert (ended.state, ended.states) == ("KILLED", [("call", "KILLED")])
    assert {document["state"]["current"] for document in ended.children} == {"KILLED"}


def ended_letter(execution_id: str, seq: int) -> Letter:
    return Letter(execution_id, "ended", seq)


def test_labels_cross_the_border_as_the_task_says(engine: RealEngine) -> None:
    child = flow(f"tasks: [{log('a')}]", "child_labels")
    more = "inheritLabels: true, labels: {own: '1'}"

    ended = engine.run(flow(f"labels: {{team: a}}\ntasks: [{call('child_labels', more)}]"), needs=[child])

    labels = {one["key"]: one["value"] for one in ended.children[0]["labels"]}
    assert labels == {"team": "a", "own": "1", "system.correlationId": ended.id}


def test_a_secret_that_is_handed_down_is_masked_below_as_well(engine: RealEngine) -> None:
    told = f"{{id: l, type: {LOG}, message: 'got {{{{ inputs.t }}}}'}}"
    child = flow(f"inputs: [{{id: t, type: STRING}}]\ntasks: [{told}]", "told")
    handing = call("told", "inputs: {t: '{{ inputs.s }}'}")
    parent = f"inputs: [{{id: s, type: SECRET}}]\ntasks: [{handing}]"

    ended = engine.run(flow(parent), {"s": "hunter2222"}, needs=[child])

    assert [message for message in ended.messages if message.startswith("got")] == ["got ******"]
    assert ended.children[0]["inputs"] == {"t": "******"}


def test_a_secret_that_a_child_gives_back_is_masked_above(engine: RealEngine) -> None:
    secret = "inputs: [{id: s, type: SECRET}]\noutputs: [{id: back, type: STRING, value: '{{ inputs.s }}'}]"
    child = flow(f"{secret}\ntasks: [{log('a')}]", "gives_back")
    told = f"{{id: l, type: {LOG}, message: 'got {{{{ outputs.call.outputs.back }}}}'}}"

    ended = engine.run(flow(f"tasks: [{call('gives_back', 'inputs: {s: hunter3333}')}, {told}]"), needs=[child])

    assert [message for message in ended.messages if message.startswith("got")] == ["got ******"]
    assert ended.outputs_of("call")["outputs"] == {"back": "******"}


def test_a_kill_without_cascade_leaves_the_child_alone(on_each_database: HandEngine) -> None:
    child = flow(f"tasks: [{work('w')}]", "child_left")
    execution_id = on_each_database.start(flow(f"tasks: [{call('child_left')}]"), needs=[child])
    on_each_database.drain_advances()

    on_each_database.app.executions.kill(execution_id, cascade=False)
    on_each_database.drain_advances()
    before = on_each_database.look(execution_id)
    on_each_database.work()
    on_each_database.drain()

    ended = on_each_database.look(execution_id)
    assert (before.state, before.states, before.children[0]["state"]["current"]) == (
        "KILLED",
        [("call", "KILLED")],
        "RUNNING",
    )
    assert (ended.state, ended.children[0]["state"]["current"]) == ("KILLED", "SUCCESS")
