"""A restart: the same execution runs again what failed, and nothing else."""

from typing import Any

import pytest

from celeriac.core.errors import ExecutionNotFound, Refused
from engine.flow_text import SET, call, fail, flow, log, work
from hand_engine import HandEngine
from real_engine import Ended, RealEngine
from threads import in_threads

BROKEN_UNTIL_SET = f"type: {SET}, key: done, value: \"{{{{ kv('fixed') }}}}\""
"""A task that fails on a worker until the key `fixed` is set."""


def breaks(task_id: str, more: str = "") -> str:
    return f"{{id: {task_id}, {BROKEN_UNTIL_SET}{more and ', '}{more}}}"


def fix(engine: HandEngine) -> None:
    engine.app.surroundings.kv.set("tests", "fixed", "yes")


def ended(engine: HandEngine, source: str, needs: tuple[str, ...] = ()) -> Ended:
    """Runs a flow to its end."""
    execution_id = engine.start(source, needs=needs)
    engine.drain()
    return engine.look(execution_id)


def restarted(engine: HandEngine, execution_id: str) -> Ended:
    engine.app.executions.restart(execution_id)
    engine.drain()
    return engine.look(execution_id)


def states(one: Ended) -> list[str]:
    return [entry["state"] for entry in one.document["state"]["histories"]]


def labels(one: Ended) -> dict[str, Any]:
    return {label["key"]: label["value"] for label in one.document["labels"]}


def test_only_what_failed_runs_again(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{work('a')}, {breaks('b')}, {log('c')}]"))
    fix(on_each_database)

    second = restarted(on_each_database, first.id)

    assert (first.state, second.state, second.id) == ("FAILED", "SUCCESS", first.id)
    assert states(second) == ["CREATED", "RUNNING", "FAILED", "RESTARTED", "RUNNING", "SUCCESS"]
    assert second.history_of("b") == ["CREATED", "RUNNING", "FAILED", "RESTARTED", "RUNNING", "SUCCESS"]
    assert (second.attempts_of("a"), second.attempts_of("b")) == (["SUCCESS"], ["FAILED", "SUCCESS"])
    assert second.messages.count("c") == 1


def test_a_restarted_execution_carries_a_label_that_filters_find(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{fail('a')}]\nlabels: {{x: y}}"))

    second = restarted(on_each_database, first.id)

    assert labels(second)["system.restarted"] == "true"
    rows = on_each_database.rows("SELECT key, value FROM execution_label ORDER BY key")
    assert rows == [("system.restarted", "true"), ("x", "y")]


def test_lists_that_ran_because_of_the_failure_run_anew(on_each_database: HandEngine) -> None:
    sequential = f"id: s, type: io.kestra.plugin.core.flow.Sequential, tasks: [{breaks('b')}]"
    local = f"errors: [{log('local')}], finally: [{log('last')}]"
    lists = f"errors: [{log('e')}]\nfinally: [{log('f')}]\nafterExecution: [{log('after')}]"
    first = ended(on_each_database, flow(f"tasks: [{{{sequential}, {local}}}, {log('c')}]\n{lists}"))
    fix(on_each_database)

    second = restarted(on_each_database, first.id)

    assert [task_id for task_id, _ in first.states] == ["s", "b", "local", "last", "e", "f", "after"]
    assert [task_id for task_id, _ in second.states] == ["s", "b", "last", "c", "f", "after"]
    assert second.history_of("s") == ["CREATED", "RUNNING", "FAILED", "RUNNING", "SUCCESS"]
    assert second.state == "SUCCESS"


def test_an_execution_can_fail_and_be_restarted_several_times(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{breaks('b')}]\nerrors: [{log('e')}]"))
    restarted(on_each_database, first.id)
    fix(on_each_database)

    third = restarted(on_each_database, first.id)

    assert (third.state, third.attempts_of("b")) == ("SUCCESS", ["FAILED", "FAILED", "SUCCESS"])
    assert third.states == [("b", "SUCCESS")]


def loop_with_failures(*broken: int) -> str:
    """200 iterations on workers, of which some fail until the key is set."""
    condition = " or ".join(f"taskrun.value == '{number}'" for number in broken)
    task = f"{{id: one, type: {SET}, key: k, value: \"{{{{ ({condition}) ? kv('fixed') : 1 }}}}\"}}"
    loop = "id: loop, type: io.kestra.plugin.core.flow.ForEach, concurrencyLimit: 0, values: '{{ range(0, 199) }}'"
    return flow(f"tasks: [{{{loop}, tasks: [{task}]}}, {log('z')}]")


def test_only_the_failed_iterations_of_a_loop_run_again(on_each_database: HandEngine) -> None:
    execution_id = on_each_database.start(loop_with_failures(17, 80, 199))
    on_each_database.drain_advances()
    for job in on_each_database.take("execute"):
        on_each_database.do(job)
    on_each_database.drain()
    fix(on_each_database)

    on_each_database.app.executions.restart(execution_id)
    on_each_database.drain_advances()

    again = on_each_database.take("execute")
    assert len(again) == 3
    for job in again:
        on_each_database.do(job)
    on_each_database.app.advance(execution_id)
    second = on_each_database.look(execution_id)
    assert second.states[:1] == [("loop", "SUCCESS")]
    assert [len(run["attempts"]) for run in second.runs("one")].count(2) == 3
    assert (second.state, second.state_of("z"), len(second.runs("one"))) == ("SUCCESS", "SUCCESS", 200)


def test_iterations_that_never_began_follow_the_failed_one(by_hand: HandEngine) -> None:
    loop = "id: loop, type: io.kestra.plugin.core.flow.ForEach, values: [a, b, c]"
    first = ended(by_hand, flow(f"tasks: [{{{loop}, tasks: [{work('w')}, {breaks('b')}, {log('l')}]}}]"))
    fix(by_hand)

    second = restarted(by_hand, first.id)

    assert (len(first.runs("w")), len(second.runs("w")), len(second.runs("l"))) == (1, 3, 3)
    assert [len(run["attempts"]) for run in second.runs("w")] == [1, 1, 1]


def test_siblings_that_were_closed_with_the_failure_run_again(on_each_database: HandEngine) -> None:
    parallel = "id: p, type: io.kestra.plugin.core.flow.Parallel"
    execution_id = on_each_database.start(flow(f"tasks: [{{{parallel}, tasks: [{breaks('b')}, {work('w')}]}}]"))
    on_each_database.drain_advances()
    broken, _waits = on_each_database.take("execute")
    on_each_database.do(broken)
    on_each_database.drain_advances()
    first = on_each_database.look(execution_id)
    fix(on_each_database)

    second = restarted(on_each_database, execution_id)

    assert (first.state_of("w"), first.state) == ("FAILED", "FAILED")
    assert (second.state_of("w"), second.state) == ("SUCCESS", "SUCCESS")


def test_a_flowable_that_could_not_be_evaluated_is_evaluated_again(by_hand: HandEngine) -> None:
    condition = "\"{{ kv('fixed') == 'yes' }}\""
    choice = f"id: if, type: io.kestra.plugin.core.flow.If, condition: {condition}, then: [{log('a')}]"
    first = ended(by_hand, flow(f"tasks: [{{{choice}}}]"))
    fix(by_hand)

    second = restarted(by_hand, first.id)

    assert (first.states, second.states) == ([("if", "FAILED")], [("if", "SUCCESS"), ("a", "SUCCESS")])


def test_the_failed_child_of_a_subflow_is_restarted(on_each_database: HandEngine) -> None:
    child = flow(f"tasks: [{work('a')}, {breaks('b')}]", "child")
    first = ended(on_each_database, flow(f"tasks: [{call('child')}, {log('z')}]"), (child,))
    fix(on_each_database)

    second = restarted(on_each_database, first.id)

    assert (first.state, second.state) == ("FAILED", "SUCCESS")
    assert [one["id"] for one in second.children] == [one["id"] for one in first.children]
    assert second.children[0]["state"]["current"] == "SUCCESS"
    assert second.history_of("call") == ["CREATED", "RUNNING", "FAILED", "RESTARTED", "RUNNING", "SUCCESS"]


def test_a_subflow_may_ask_for_a_new_child(on_each_database: HandEngine) -> None:
    child = flow(f"tasks: [{breaks('b')}]", "child")
    parent = flow(f"tasks: [{call('child', 'restartBehavior: NEW_EXECUTION')}]")
    first = ended(on_each_database, parent, (child,))
    fix(on_each_database)

    second = restarted(on_each_database, first.id)

    assert [one["state"]["current"] for one in second.children] == ["FAILED", "SUCCESS"]
    assert second.state == "SUCCESS"


def test_a_child_that_was_restarted_by_hand_counts(on_each_database: HandEngine) -> None:
    child = flow(f"tasks: [{breaks('b')}]", "child")
    first = ended(on_each_database, flow(f"tasks: [{call('child')}]"), (child,))
    fix(on_each_database)
    restarted(on_each_database, first.children[0]["id"])

    second = restarted(on_each_database, first.id)

    assert (second.state, second.children[0]["state"]["current"]) == ("SUCCESS", "SUCCESS")
    assert states(Ended(second.children[0], [])).count("RESTARTED") == 1


def test_a_child_that_is_gone_is_started_anew(by_hand: HandEngine) -> None:
    child = flow(f"tasks: [{breaks('b')}]", "child")
    first = ended(by_hand, flow(f"tasks: [{call('child')}]"), (child,))
    by_hand.app.executions.delete(first.children[0]["id"])
    fix(by_hand)

    second = restarted(by_hand, first.id)

    assert (second.state, len(second.children)) == ("SUCCESS", 1)


@pytest.mark.parametrize(("tasks", "text"), [(log("a"), "is SUCCESS"), (fail("a", "allowFailure: true"), "is WARNING")])
def test_what_has_not_failed_is_not_restarted(by_hand: HandEngine, tasks: str, text: str) -> None:
    first = ended(by_hand, flow(f"tasks: [{tasks}]"))

    with pytest.raises(Refused, match=f"No task found to restart.*{text}"):
        by_hand.app.executions.restart(first.id)


def test_an_execution_whose_outputs_failed_has_no_task_to_restart(by_hand: HandEngine) -> None:
    outputs = "outputs: [{id: o, type: STRING, value: '{{ nothing }}'}]"
    first = ended(by_hand, flow(f"tasks: [{log('a')}]\n{outputs}"))

    with pytest.raises(Refused, match="no task of it has failed"):
        by_hand.app.executions.restart(first.id)


def test_what_runs_and_what_does_not_exist_is_not_restarted(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{work('a')}]"))
    by_hand.drain_advances()

    with pytest.raises(Refused, match="is RUNNING: only one that has ended can be restarted"):
        by_hand.app.executions.restart(execution_id)
    with pytest.raises(ExecutionNotFound):
        by_hand.app.executions.restart("nothing")


# ---------------------------------------------------------------------- races
def test_of_two_restarts_at_once_one_is_refused(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{breaks('b')}]"))

    errors = in_threads(6, lambda _: on_each_database.app.executions.restart(first.id))
    on_each_database.drain()

    assert [type(error) for error in errors] == [Refused] * 5
    assert on_each_database.look(first.id).attempts_of("b") == ["FAILED", "FAILED"]


def test_a_restart_that_nobody_hears_of_is_found_by_the_sweeper(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{breaks('b')}]"))
    fix(on_each_database)
    on_each_database.app.executions.restart(first.id)
    on_each_database.publisher.jobs.clear()
    before = on_each_database.look(first.id).state
    on_each_database.change("UPDATE inbox SET at_us = 1")

    on_each_database.publisher.advance(on_each_database.app.sweep_store.stale_inboxes(5))
    on_each_database.drain()

    assert (before, on_each_database.look(first.id).state) == ("RESTARTED", "SUCCESS")


def test_advances_at_once_restart_it_once(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{work('a')}, {breaks('b')}]"))
    fix(on_each_database)
    on_each_database.app.executions.restart(first.id)
    on_each_database.publisher.jobs.clear()

    errors = in_threads(6, lambda _: on_each_database.app.advance(first.id))
    jobs = on_each_database.take("execute")

    assert (errors, len(jobs)) == ([], 1)
    on_each_database.do(jobs[0])
    on_each_database.app.advance(first.id)
    assert on_each_database.look(first.id).state == "SUCCESS"


def test_a_fact_of_its_former_life_does_not_touch_a_restarted_execution(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{breaks('b')}]"))
    by_hand.change(
        "INSERT INTO inbox (execution_id, kind, seq, at_us) VALUES (:x, 'kill', 0, 1), (:x, 'ended', 1, 1)", x=first.id
    )
    fix(by_hand)

    assert restarted(by_hand, first.id).state == "SUCCESS"


def test_a_task_run_whose_worker_was_lost_three_times_can_be_restarted(on_each_database: HandEngine) -> None:
    execution_id = on_each_database.start(flow(f"tasks: [{work('a')}]"))
    on_each_database.drain_advances()
    for attempt in (1, 2, 3):
        on_each_database.claim(execution_id, 1, attempt, owner="gone")
        on_each_database.publisher.advance(on_each_database.app.sweep_store.lose_ownerless())
        on_each_database.drain_advances()
    first = on_each_database.look(execution_id)

    on_each_database.app.executions.restart(execution_id)
    on_each_database.drain_advances()
    on_each_database.claim(execution_id, 1, 4, owner="gone")
    on_each_database.publisher.advance(on_each_database.app.sweep_store.lose_ownerless())
    on_each_database.drain()

    assert first.state == "FAILED"
    assert on_each_database.look(execution_id).state == "SUCCESS"


def test_a_restarted_execution_can_be_killed_before_it_begins(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{breaks('b')}, {log('c')}]"))
    on_each_database.app.executions.restart(first.id)

    on_each_database.app.executions.kill(first.id)
    on_each_database.drain()

    second = on_each_database.look(first.id)
    assert (second.state, second.states) == ("KILLED", [("b", "KILLED")])
    assert on_each_database.rows("SELECT 1 FROM frame") == []


def test_a_task_run_that_is_to_run_again_is_shown_so(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{breaks('b')}]"))

    by_hand.app.executions.restart(first.id)
    by_hand.drain_advances()

    assert by_hand.look(first.id).state_of("b") == "RESTARTED"


def test_a_real_engine_restarts_what_failed(engine: RealEngine) -> None:
    key = "fixed_for_the_real_engine"
    task = f"{{id: one, type: {SET}, key: k, value: \"{{{{ taskrun.value == '7' ? kv('{key}') : 1 }}}}\"}}"
    loop = "id: loop, type: io.kestra.plugin.core.flow.ForEach, concurrencyLimit: 3, values: '{{ range(1, 20) }}'"
    first = engine.run(flow(f"tasks: [{{{loop}, tasks: [{task}]}}, {work('z')}]"))
    engine.app.surroundings.kv.set("tests", key, "yes")

    engine.app.executions.restart(first.id)
    second = engine.wait(first.id)

    assert (first.state, second.state, len(second.runs("one"))) == ("FAILED", "SUCCESS", 20)
    assert second.state_of("z") == "SUCCESS"
