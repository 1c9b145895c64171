"""A pause: nothing new starts, what runs goes on to its end; then the execution goes on as if nothing had been."""

from contextlib import suppress

import pytest

from celeriac.core.errors import Refused
from celeriac.core.execution import Execution
from celeriac.core.frames import TaskRun
from celeriac.services.attempts import TaskRunFailed
from engine.flow_text import broken, call, fail, flow, log, work
from hand_engine import HandEngine
from real_engine import Ended, RealEngine
from threads import in_threads

PARALLEL = "id: p, type: io.kestra.plugin.core.flow.Parallel"
SLEEP = "{id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}"


def states(one: Ended) -> list[str]:
    return [entry["state"] for entry in one.document["state"]["histories"]]


def paused(engine: HandEngine, source: str, needs: tuple[str, ...] = ()) -> str:
    """An execution that was paused when its first jobs waited for workers."""
    execution_id = engine.start(source, needs=needs)
    engine.drain_advances()
    engine.app.executions.pause(execution_id)
    engine.drain_advances()
    return execution_id


def resumed(engine: HandEngine, execution_id: str) -> Ended:
    engine.app.executions.resume(execution_id)
    engine.drain()
    return engine.look(execution_id)


def test_what_waits_for_a_worker_is_not_begun(on_each_database: HandEngine) -> None:
    execution_id = paused(on_each_database, flow(f"tasks: [{work('a')}, {work('b')}]"))

    on_each_database.drain()

    held = on_each_database.look(execution_id)
    assert (held.state, held.states) == ("PAUSED", [("a", "CREATED")])
    ended = resumed(on_each_database, execution_id)
    assert states(ended) == ["CREATED", "RUNNING", "PAUSED", "RUNNING", "SUCCESS"]
    assert ended.states == [("a", "SUCCESS"), ("b", "SUCCESS")]


def test_what_runs_ends_and_its_chain_goes_no_further(on_each_database: HandEngine) -> None:
    execution_id = on_each_database.start(flow(f"tasks: [{work('a')}, {work('b')}, {log('c')}]"))
    on_each_database.drain_advances()
    first, second = on_each_database.take("execute")
    claimed = on_each_database.claim(execution_id)
    on_each_database.app.executions.pause(execution_id)
    on_each_database.drain_advances()

    close(on_each_database, *claimed)
    on_each_database.do(second)
    on_each_database.drain()

    held = on_each_database.look(execution_id)
    assert (first[2], held.state, held.states) == (1, "PAUSED", [("a", "SUCCESS")])
    assert resumed(on_each_database, execution_id).states == [("a", "SUCCESS"), ("b", "SUCCESS"), ("c", "SUCCESS")]


def close(engine: HandEngine, run: TaskRun, execution: Execution) -> None:
    """A worker ends what it has claimed, and the last message of its chain comes."""
    with suppress(TaskRunFailed):
        engine.attempts._attend_to_its_end(run, execution)
    engine.publisher.advance([execution.id])


def test_a_pause_that_overlaps_the_end_of_a_chain_link_loses_nothing(on_each_database: HandEngine) -> None:
    tasks = ", ".join(work(f"t{number}") for number in range(10))
    execution_id = on_each_database.start(flow(f"tasks: [{tasks}]"))
    on_each_database.drain_advances()

    def do(number: int) -> None:
        if number == 0:
            on_each_database.app.executions.pause(execution_id)
            on_each_database.app.advance(execution_id)
            return
        for job in list(on_each_database.publisher.jobs):
            on_each_database.do(job)

    errors = in_threads(2, do)
    on_each_database.drain()

    assert errors == []
    ended = resumed(on_each_database, execution_id)
    assert (ended.state, len(ended.states)) == ("SUCCESS", 10)
    assert all(state == "SUCCESS" for _, state in ended.states)


def test_a_failure_waits_for_the_end_of_the_pause(on_each_database: HandEngine) -> None:
    execution_id = on_each_database.start(flow(f"tasks: [{broken('a')}]\nerrors: [{log('e')}]"))
    on_each_database.drain_advances()
    claimed = on_each_database.claim(execution_id)
    on_each_database.app.executions.pause(execution_id)
    on_each_database.drain_advances()
    close(on_each_database, *claimed)
    on_each_database.drain()

    before = on_each_database.look(execution_id)
    ended = resumed(on_each_database, execution_id)

    assert (before.state, before.states) == ("PAUSED", [("a", "FAILED")])
    assert (ended.state, ended.states) == ("FAILED", [("a", "FAILED"), ("e", "SUCCESS")])


def test_a_timer_that_ends_is_seen_and_starts_nothing(on_each_database: HandEngine) -> None:
    execution_id = paused(on_each_database, flow(f"tasks: [{SLEEP}, {log('b')}]"))
    on_each_database.change("UPDATE task_run SET due_us = 1")

    on_each_database.ring()
    on_each_database.drain()

    before = on_each_database.look(execution_id)
    assert (before.state, before.states) == ("PAUSED", [("nap", "SUCCESS")])
    assert resumed(on_each_database, execution_id).states == [("nap", "SUCCESS"), ("b", "SUCCESS")]


def test_a_subflow_of_a_paused_execution_ends_and_its_parent_waits(on_each_database: HandEngine) -> None:
    child = flow(f"tasks: [{work('x')}]", "child")
    execution_id = paused(on_each_database, flow(f"tasks: [{call('child')}, {log('b')}]"), (child,))
    on_each_database.work()
    on_each_database.drain()

    before = on_each_database.look(execution_id)
    ended = resumed(on_each_database, execution_id)

    assert (before.state, before.states, before.children[0]["state"]["current"]) == (
        "PAUSED",
        [("call", "SUCCESS")],
        "SUCCESS",
    )
    assert (ended.state, ended.states) == ("SUCCESS", [("call", "SUCCESS"), ("b", "SUCCESS")])


def test_wide_frames_go_on_where_they_were(on_each_database: HandEngine) -> None:
    tasks = ", ".join(work(f"t{number}") for number in range(6))
    execution_id = on_each_database.start(flow(f"tasks: [{{{PARALLEL}, concurrent: 2, tasks: [{tasks}]}}, {log('z')}]"))
    on_each_database.drain_advances()
    on_each_database.do(on_each_database.take("execute")[0])
    on_each_database.app.executions.pause(execution_id)
    on_each_database.drain()

    ended = resumed(on_each_database, execution_id)

    assert (ended.state, len(ended.states)) == ("SUCCESS", 8)


def test_what_a_visit_left_over_waits_too(by_hand: HandEngine) -> None:
    loop = "id: l, type: io.kestra.plugin.core.flow.ForEach, concurrencyLimit: 0, values: '{{ range(1, 300) }}'"
    execution_id = by_hand.start(flow(f"tasks: [{{{loop}, tasks: [{log('x')}]}}]"))
    by_hand.app.executions.store.load(execution_id)
    by_hand.app.advance(execution_id)
    left_over = by_hand.rows("SELECT count(*) FROM inbox WHERE kind = 'go'")[0][0]

    by_hand.app.executions.pause(execution_id)
    by_hand.drain()

    before = by_hand.rows("SELECT count(*) FROM inbox WHERE kind = 'go'")[0][0]
    assert before == left_over
    assert resumed(by_hand, execution_id).state == "SUCCESS"


def test_a_paused_execution_asks_for_no_advance(on_each_database: HandEngine) -> None:
    execution_id = on_each_database.start(flow(f"tasks: [{broken('a')}]"))
    on_each_database.drain_advances()
    claimed = on_each_database.claim(execution_id)
    on_each_database.app.executions.pause(execution_id)
    on_each_database.drain_advances()
    close(on_each_database, *claimed)
    on_each_database.drain()
    on_each_database.change("UPDATE inbox SET at_us = 1")

    assert on_each_database.app.sweep_store.stale_inboxes(5) == []

    on_each_database.app.executions.resume(execution_id)
    on_each_database.change("UPDATE inbox SET at_us = 1")
    assert on_each_database.app.sweep_store.stale_inboxes(5) == [execution_id]


def test_a_paused_execution_is_not_stuck(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{work('a')}]"))
    by_hand.drain_advances()
    by_hand.app.executions.pause(execution_id)
    by_hand.drain()
    by_hand.change("UPDATE execution SET created_us = 1")

    assert by_hand.app.sweep_store.stuck(60) == []


def test_a_paused_execution_can_be_killed(on_each_database: HandEngine) -> None:
    execution_id = paused(on_each_database, flow(f"tasks: [{work('a')}, {log('b')}]\nafterExecution: [{log('z')}]"))

    on_each_database.app.executions.kill(execution_id)
    on_each_database.drain()

    ended = on_each_database.look(execution_id)
    assert states(ended) == ["CREATED", "RUNNING", "PAUSED", "KILLING", "KILLED"]
    assert ended.states == [("a", "KILLED"), ("z", "SUCCESS")]


def test_a_kill_during_a_pause_ends_what_runs(on_each_database: HandEngine) -> None:
    execution_id = on_each_database.start(flow(f"tasks: [{work('a')}, {work('b')}]"))
    on_each_database.drain_advances()
    run, execution = on_each_database.claim(execution_id)
    on_each_database.app.executions.pause(execution_id)
    on_each_database.app.executions.kill(execution_id)
    on_each_database.drain_advances()
    before = on_each_database.look(execution_id).state

    close(on_each_database, run, execution)
    on_each_database.drain()

    ended = on_each_database.look(execution_id)
    assert (before, ended.state) == ("KILLING", "KILLED")
    assert on_each_database.rows("SELECT 1 FROM frame") == on_each_database.rows("SELECT 1 FROM inbox") == []


def test_pauses_and_resumes_at_once_leave_it_running_or_paused(on_each_database: HandEngine) -> None:
    tasks = ", ".join(work(f"t{number}") for number in range(30))
    execution_id = on_each_database.start(flow(f"tasks: [{{{PARALLEL}, tasks: [{tasks}]}}, {log('z')}]"))
    on_each_database.drain_advances()
    jobs = on_each_database.take("execute")

    def do(number: int) -> None:
        for job in jobs[number::4]:
            try:
                if number == 0:
                    on_each_database.app.executions.pause(execution_id)
                elif number == 1:
                    on_each_database.app.executions.resume(execution_id)
            except Refused:
                pass
            on_each_database.do(job)
            on_each_database.app.advance(execution_id)

    errors = in_threads(4, do)
    on_each_database.drain()
    if on_each_database.look(execution_id).state == "PAUSED":
        resumed(on_each_database, execution_id)

    ended = on_each_database.look(execution_id)
    assert errors == []
    assert (ended.state, len(ended.states)) == ("SUCCESS", 32)


def test_only_what_runs_is_paused_and_only_what_is_paused_is_resumed(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{work('a')}]"))
    by_hand.drain_advances()

    with pytest.raises(Refused, match="is RUNNING: only a PAUSED one can be resumed"):
        by_hand.app.executions.resume(execution_id)
    by_hand.app.executions.pause(execution_id)
    by_hand.drain()
    with pytest.raises(Refused, match="is PAUSED: only a RUNNING one can be paused"):
        by_hand.app.executions.pause(execution_id)
    resumed(by_hand, execution_id)
    with pytest.raises(Refused, match="has already ended SUCCESS"):
        by_hand.app.executions.pause(execution_id)


def test_a_start_is_forced_before_its_date_and_a_pause_is_ended(by_hand: HandEngine) -> None:
    execution_id = paused(by_hand, flow(f"tasks: [{work('a')}]"))

    by_hand.app.executions.force_run(execution_id)
    by_hand.drain()

    assert by_hand.look(execution_id).state == "SUCCESS"


def test_a_real_engine_pauses_and_resumes(engine: RealEngine) -> None:
    tasks = ", ".join(work(f"t{number}") for number in range(40))
    execution_id = engine.start(flow(f"tasks: [{tasks}, {fail('last', 'allowFailure: true')}]"))
    engine.wait_for_state(execution_id, "t3", "SUCCESS")

    engine.app.executions.pause(execution_id)
    engine.wait_for(lambda: engine.execution(execution_id).state == "PAUSED", "the pause")
    engine.app.executions.resume(execution_id)
    ended = engine.wait(execution_id)

    assert (ended.state, len(ended.states)) == ("WARNING", 41)
    assert states(ended) == ["CREATED", "RUNNING", "PAUSED", "RUNNING", "WARNING"]
