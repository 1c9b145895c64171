"""The task Pause: the execution waits for somebody or for a date, and goes on with what it was told."""

from pathlib import Path

import pytest

from celeriac.core.errors import FlowInvalid, InputsInvalid
from engine.flow_text import RETURN, flow, log, work
from engine.test_pausing import states
from hand_engine import HandEngine
from real_engine import Ended, RealEngine

PAUSE = "type: io.kestra.plugin.core.flow.Pause"
PARALLEL = "id: p, type: io.kestra.plugin.core.flow.Parallel"


def pause(task_id: str = "wait", more: str = "") -> str:
    return f"{{id: {task_id}, {PAUSE}{more and ', '}{more}}}"


def started(engine: HandEngine, source: str) -> str:
    execution_id = engine.start(source)
    engine.drain()
    return execution_id


def resumed(engine: HandEngine, execution_id: str, **inputs: object) -> Ended:
    engine.app.executions.resume(execution_id, inputs)
    engine.drain()
    return engine.look(execution_id)


def timed_out(engine: HandEngine, source: str) -> Ended:
    """The execution after the date of its pause has come."""
    execution_id = started(engine, source)
    assert engine.look(execution_id).state == "PAUSED"
    engine.change("UPDATE task_run SET due_us = 1 WHERE due_us IS NOT NULL")
    engine.ring()
    engine.drain()
    return engine.look(execution_id)


def test_an_execution_waits_until_somebody_resumes_it(on_each_database: HandEngine) -> None:
    execution_id = started(on_each_database, flow(f"tasks: [{log('a')}, {pause()}, {log('b')}]"))
    before = on_each_database.look(execution_id)

    ended = resumed(on_each_database, execution_id)

    assert (before.state, before.states) == ("PAUSED", [("a", "SUCCESS"), ("wait", "PAUSED")])
    assert states(ended) == ["CREATED", "RUNNING", "PAUSED", "RESTARTED", "RUNNING", "SUCCESS"]
    assert ended.history_of("wait") == ["CREATED", "RUNNING", "PAUSED", "SUCCESS"]
    assert ended.states[-1] == ("b", "SUCCESS")


def test_what_it_is_told_becomes_outputs(on_each_database: HandEngine) -> None:
    asks = "onResume: [{id: name, type: STRING}, {id: count, type: INT, defaults: 3}]"
    name, count = "{{ outputs.wait.onResume.name }}", "{{ outputs.wait.onResume.count }}"
    shown = f'{{id: r, type: {RETURN}, format: "{name} {count}"}}'
    execution_id = started(on_each_database, flow(f"tasks: [{pause('wait', asks)}, {shown}]"))

    ended = resumed(on_each_database, execution_id, name="Ada")

    assert ended.outputs_of("r") == {"value": "Ada 3"}
    assert ended.outputs_of("wait")["resumed"]["to"] == "SUCCESS"


def test_a_file_that_it_is_given_is_stored(by_hand: HandEngine, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("hello")
    shown = f'{{id: r, type: {RETURN}, format: "{{{{ read(outputs.wait.onResume.data) }}}}"}}'
    execution_id = started(by_hand, flow(f"tasks: [{pause('wait', 'onResume: [{id: data, type: FILE}]')}, {shown}]"))

    by_hand.app.executions.resume(execution_id, file_inputs={"data": tmp_path / "data.txt"})
    by_hand.drain()

    assert by_hand.look(execution_id).outputs_of("r") == {"value": "hello"}


def test_wrong_inputs_leave_it_paused(by_hand: HandEngine) -> None:
    execution_id = started(by_hand, flow(f"tasks: [{pause('wait', 'onResume: [{id: asked, type: STRING}]')}]"))

    with pytest.raises(InputsInvalid, match="Missing required input:asked"):
        by_hand.app.executions.resume(execution_id)

    assert by_hand.look(execution_id).state == "PAUSED"


@pytest.mark.parametrize(
    ("behavior", "state"), [("RESUME", "SUCCESS"), ("WARN", "WARNING"), ("CANCEL", "CANCELLED"), ("FAIL", "FAILED")]
)
def test_after_its_duration_it_ends_as_it_says(by_hand: HandEngine, behavior: str, state: str) -> None:
    more = f"pauseDuration: PT1H, timeout: PT1S, behavior: {behavior}"
    ended = timed_out(by_hand, flow(f"tasks: [{pause('wait', more)}]"))

    assert (ended.state, ended.state_of("wait")) == (state, state)
    assert ended.outputs_of("wait")["resumed"]["to"] == state


def test_a_pause_that_lasts_longer_than_its_timeout_fails(on_each_database: HandEngine) -> None:
    lists = f"errors: [{log('e')}]"
    ended = timed_out(on_each_database, flow(f"tasks: [{pause('wait', 'timeout: PT1H')}, {log('b')}]\n{lists}"))

    assert (ended.state, ended.states) == ("FAILED", [("wait", "FAILED"), ("e", "SUCCESS")])
    assert states(ended) == ["CREATED", "RUNNING", "PAUSED", "RESTARTED", "RUNNING", "FAILED"]


def test_a_failed_pause_may_be_allowed_and_is_not_retried(by_hand: HandEngine) -> None:
    more = "timeout: PT1H, allowFailure: true, retry: {type: constant, interval: PT1S, maxAttempts: 3}"

    ended = timed_out(by_hand, flow(f"tasks: [{pause('wait', more)}, {log('b')}]"))

    assert (ended.state, ended.states) == ("WARNING", [("wait", "WARNING"), ("b", "SUCCESS")])


def test_its_own_lists_run_once_it_is_over(on_each_database: HandEngine) -> None:
    lists = f"tasks: [{work('t')}], errors: [{log('e')}], finally: [{log('f')}]"
    execution_id = started(on_each_database, flow(f"tasks: [{pause('wait', lists)}, {log('b')}]"))

    ended = resumed(on_each_database, execution_id)
    failed = timed_out(on_each_database, flow(f"tasks: [{pause('wait', f'timeout: PT1H, {lists}')}, {log('b')}]"))

    assert ended.states == [("wait", "SUCCESS"), ("t", "SUCCESS"), ("f", "SUCCESS"), ("b", "SUCCESS")]
    assert ended.history_of("wait") == ["CREATED", "RUNNING", "PAUSED", "RUNNING", "SUCCESS"]
    assert failed.states == [("wait", "FAILED"), ("e", "SUCCESS"), ("f", "SUCCESS")]


@pytest.mark.parametrize("task", [log("told"), work("told")])
def test_a_task_tells_of_the_pause_when_it_begins(on_each_database: HandEngine, task: str) -> None:
    execution_id = started(on_each_database, flow(f"tasks: [{pause('wait', f'onPause: {task}')}, {log('b')}]"))
    before = on_each_database.look(execution_id)

    ended = resumed(on_each_database, execution_id)

    assert (before.state, before.states) == ("PAUSED", [("wait", "PAUSED"), ("told", "SUCCESS")])
    assert ended.states == [("wait", "SUCCESS"), ("told", "SUCCESS"), ("b", "SUCCESS")]
    assert on_each_database.rows("SELECT 1 FROM inbox") == []


def test_others_begin_nothing_while_one_pauses(on_each_database: HandEngine) -> None:
    sequential = f"{{id: s, type: io.kestra.plugin.core.flow.Sequential, tasks: [{work('s1')}, {log('s2')}]}}"
    source = flow(f"tasks: [{{{PARALLEL}, tasks: [{pause()}, {sequential}]}}, {log('z')}]")
    execution_id = started(on_each_database, source)
    before = on_each_database.look(execution_id)

    ended = resumed(on_each_database, execution_id)

    assert before.state == "PAUSED"
    assert ("s2", "SUCCESS") not in before.states
    assert (ended.state, ended.state_of("s2"), ended.state_of("z")) == ("SUCCESS", "SUCCESS", "SUCCESS")


def test_pauses_side_by_side_are_ended_one_after_the_other(on_each_database: HandEngine) -> None:
    source = flow(f"tasks: [{{{PARALLEL}, tasks: [{pause('p1')}, {pause('p2')}]}}, {log('z')}]")
    execution_id = started(on_each_database, source)

    first = resumed(on_each_database, execution_id)
    second = resumed(on_each_database, execution_id)

    assert (first.state, first.state_of("p2")) == ("PAUSED", "PAUSED")
    assert (second.state, second.state_of("p1"), second.state_of("p2")) == ("SUCCESS", "SUCCESS", "SUCCESS")


def test_each_iteration_of_a_loop_pauses(on_each_database: HandEngine) -> None:
    loop = f"id: l, type: io.kestra.plugin.core.flow.ForEach, values: [a, b], tasks: [{pause()}, {work('w')}]"
    execution_id = started(on_each_database, flow(f"tasks: [{{{loop}}}]"))

    for _ in range(2):
        ended = resumed(on_each_database, execution_id)

    assert (ended.state, len(ended.runs("w")), states(ended).count("PAUSED")) == ("SUCCESS", 2, 2)


def test_a_kill_ends_a_pause(on_each_database: HandEngine) -> None:
    execution_id = started(on_each_database, flow(f"tasks: [{pause()}, {log('b')}]"))

    on_each_database.app.executions.kill(execution_id)
    on_each_database.drain()

    ended = on_each_database.look(execution_id)
    assert (ended.state, ended.states) == ("KILLED", [("wait", "KILLED")])


def test_a_kill_before_the_pause_is_noticed_ends_it(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{pause()}, {log('b')}]"))
    by_hand.app.advance(execution_id)
    by_hand.app.executions.kill(execution_id)

    by_hand.drain()

    assert by_hand.look(execution_id).state == "KILLED"
    assert by_hand.rows("SELECT 1 FROM inbox") == []


def test_a_failed_pause_pauses_again_when_it_is_restarted(on_each_database: HandEngine) -> None:
    more = f"timeout: PT1H, errors: [{log('e')}]"
    failed = timed_out(on_each_database, flow(f"tasks: [{pause('wait', more)}, {log('b')}]"))

    on_each_database.app.executions.restart(failed.id)
    on_each_database.drain()
    before = on_each_database.look(failed.id)
    ended = resumed(on_each_database, failed.id)

    assert (before.state, before.states) == ("PAUSED", [("wait", "PAUSED")])
    assert (ended.state, ended.states) == ("SUCCESS", [("wait", "SUCCESS"), ("b", "SUCCESS")])


def test_a_pause_after_the_end_waits_for_its_date_only(on_each_database: HandEngine) -> None:
    after = f"{pause('short', 'pauseDuration: PT1H')}, {pause('endless')}, {log('z')}"
    execution_id = started(on_each_database, flow(f"tasks: [{log('a')}]\nafterExecution: [{after}]"))
    on_each_database.change("UPDATE task_run SET due_us = 1 WHERE due_us IS NOT NULL")
    on_each_database.ring()
    on_each_database.drain()

    ended = on_each_database.look(execution_id)
    assert (ended.state, ended.states[1:]) == (
        "SUCCESS",
        [("short", "SUCCESS"), ("endless", "FAILED"), ("z", "SUCCESS")],
    )
    assert on_each_database.execution(execution_id).done_us is not None


def test_a_pause_that_is_skipped_pauses_nothing(by_hand: HandEngine) -> None:
    execution_id = started(by_hand, flow(f"tasks: [{pause('wait', 'runIf: false')}, {log('b')}]"))

    assert by_hand.look(execution_id).states == [("wait", "SKIPPED"), ("b", "SUCCESS")]


@pytest.mark.parametrize(
    "more",
    [
        f"onPause: {{id: s, type: io.kestra.plugin.core.flow.Sequential, tasks: [{log('x')}]}}",
        "onResume: [{id: s, type: SECRET}]",
    ],
)
def test_what_cannot_work_is_told_when_the_flow_is_read(by_hand: HandEngine, more: str) -> None:
    with pytest.raises(FlowInvalid):
        by_hand.register(flow(f"tasks: [{pause('wait', more)}]"))


def test_a_real_engine_resumes_at_the_date(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{pause('wait', 'delay: PT0.3S')}, {work('b')}]"))

    assert ended.states == [("wait", "SUCCESS"), ("b", "SUCCESS")]
    assert states(ended) == ["CREATED", "RUNNING", "PAUSED", "RESTARTED", "RUNNING", "SUCCESS"]
