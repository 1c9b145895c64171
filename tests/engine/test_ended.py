"""What is done to executions that have ended: labels, states by hand, removal."""

import pytest

from celeriac.core.errors import ExecutionNotFound, InputsInvalid, Refused
from celeriac.core.state import State
from celeriac.storage.uris import execution_folder
from engine.flow_text import RETURN, fail, flow, log, work
from engine.test_restarting import ended, labels, states
from hand_engine import HandEngine
from real_engine import Ended
from threads import in_threads

ONE = flow(f"tasks: [{log('a')}]\nlabels: {{x: y}}")
FOR_EACH = "type: io.kestra.plugin.core.flow.ForEach"
PARALLEL = "type: io.kestra.plugin.core.flow.Parallel"


def declared(engine: HandEngine, first: Ended, task_id: str, state: State, at: int = 0) -> Ended:
    """The execution after somebody has said how a task run ended."""
    engine.app.executions.change_task_run_state(first.id, first.runs(task_id)[at]["id"], state)
    engine.drain()
    return engine.look(first.id)


def test_labels_are_replaced_and_found_by_filters(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, ONE)

    on_each_database.app.executions.set_labels(first.id, {"team": "data"})

    assert labels(on_each_database.look(first.id)) == {"team": "data", "system.correlationId": first.id}
    assert on_each_database.rows("SELECT key, value FROM execution_label") == [("team", "data")]


def test_labels_of_the_system_may_be_sent_back_but_not_set(by_hand: HandEngine) -> None:
    first = ended(by_hand, ONE)

    by_hand.app.executions.set_labels(first.id, {**labels(first), "a": "b"})
    with pytest.raises(InputsInvalid, match=r"offending label: system.restarted=true"):
        by_hand.app.executions.set_labels(first.id, {"system.restarted": "true"})

    assert labels(by_hand.look(first.id)) == {**labels(first), "a": "b"}


@pytest.mark.parametrize("wrong", [{"A": "b"}, {"a": ""}, {"a b": "c"}])
def test_labels_that_are_none_are_refused(by_hand: HandEngine, wrong: dict[str, str]) -> None:
    first = ended(by_hand, ONE)

    with pytest.raises(InputsInvalid):
        by_hand.app.executions.set_labels(first.id, wrong)


def test_labels_set_at_once_are_those_of_one_of_them(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, ONE)

    def label(number: int) -> None:
        try:
            on_each_database.app.executions.set_labels(first.id, {"n": str(number)})
        except Refused:
            return

    errors = in_threads(6, label)

    value = labels(on_each_database.look(first.id))["n"]
    assert errors == []
    assert on_each_database.rows("SELECT key, value FROM execution_label") == [("n", value)]


def test_a_state_is_given_by_hand(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, ONE)

    on_each_database.app.executions.change_state(first.id, State.FAILED)

    second = on_each_database.look(first.id)
    assert states(second) == ["CREATED", "RUNNING", "SUCCESS", "FAILED"]
    assert second.states == first.states


def test_no_execution_is_declared_to_run(by_hand: HandEngine) -> None:
    first = ended(by_hand, ONE)

    with pytest.raises(Refused, match="cannot be declared RUNNING"):
        by_hand.app.executions.change_state(first.id, State.RUNNING)


def test_a_killed_execution_keeps_its_state(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{work('a')}]"))
    by_hand.app.executions.kill(execution_id)
    by_hand.drain()

    with pytest.raises(Refused, match="was killed"):
        by_hand.app.executions.change_state(execution_id, State.SUCCESS)


def test_what_runs_is_neither_labelled_nor_declared_nor_deleted(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{work('a')}]"))
    by_hand.drain_advances()
    executions = by_hand.app.executions

    for operation in (
        lambda: executions.set_labels(execution_id, {"a": "b"}),
        lambda: executions.change_state(execution_id, State.FAILED),
        lambda: executions.delete(execution_id),
        lambda: executions.change_task_run_state(execution_id, "x", State.SUCCESS),
    ):
        with pytest.raises(Refused, match="is RUNNING: only one that has ended can"):
            operation()


# ---------------------------------------------------------------------- states of task runs
def test_a_failed_task_that_is_declared_successful_lets_the_flow_go_on(on_each_database: HandEngine) -> None:
    lists = f"errors: [{log('e')}]\nafterExecution: [{log('z')}]"
    first = ended(on_each_database, flow(f"tasks: [{fail('a')}, {work('b')}]\n{lists}"))

    second = declared(on_each_database, first, "a", State.SUCCESS)

    assert states(second) == ["CREATED", "RUNNING", "FAILED", "RESTARTED", "RUNNING", "SUCCESS"]
    assert second.states == [("a", "SUCCESS"), ("b", "SUCCESS"), ("z", "SUCCESS")]
    assert second.history_of("a") == ["CREATED", "RUNNING", "FAILED", "SUCCESS"]
    assert labels(second)["system.restarted"] == "true"


def test_a_task_that_is_declared_failed_makes_the_errors_run(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{log('a')}, {log('b')}]\nerrors: [{log('e')}]"))

    second = declared(on_each_database, first, "a", State.FAILED)

    assert (second.state, second.states) == ("FAILED", [("a", "FAILED"), ("b", "SUCCESS"), ("e", "SUCCESS")])


def test_a_declared_task_inside_of_others_lets_them_go_on(on_each_database: HandEngine) -> None:
    sequential = "id: s, type: io.kestra.plugin.core.flow.Sequential"
    first = ended(on_each_database, flow(f"tasks: [{{{sequential}, tasks: [{fail('a')}, {log('b')}]}}, {log('c')}]"))

    second = declared(on_each_database, first, "a", State.WARNING)

    assert second.state == "WARNING"
    assert second.states == [("s", "WARNING"), ("a", "WARNING"), ("b", "SUCCESS"), ("c", "SUCCESS")]


def test_a_flowable_that_is_declared_successful_keeps_what_it_ran(by_hand: HandEngine) -> None:
    sequential = "id: s, type: io.kestra.plugin.core.flow.Sequential"
    first = ended(by_hand, flow(f"tasks: [{{{sequential}, tasks: [{fail('a')}, {log('b')}]}}, {log('c')}]"))

    second = declared(by_hand, first, "s", State.SUCCESS)

    assert (second.state, second.states) == ("SUCCESS", [("s", "SUCCESS"), ("a", "FAILED"), ("c", "SUCCESS")])


def test_a_declared_iteration_lets_its_loop_go_on(on_each_database: HandEngine) -> None:
    condition = "condition: \"{{ taskrun.value == '2' }}\""
    loop = f"id: l, {FOR_EACH}, values: [1, 2, 3], tasks: [{fail('a', condition)}, {work('b')}]"
    first = ended(on_each_database, flow(f"tasks: [{{{loop}}}]"))

    second = declared(on_each_database, first, "a", State.SUCCESS, at=1)

    assert (first.state, second.state) == ("FAILED", "SUCCESS")
    assert (len(second.runs("a")), len(second.runs("b"))) == (3, 3)


def test_a_task_with_successors_in_its_iteration_is_not_declared(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{{id: l, {FOR_EACH}, values: [1], tasks: [{log('a')}, {log('b')}]}}]"))

    with pytest.raises(Refused, match="cannot be changed"):
        declared(by_hand, first, "a", State.FAILED)


def test_siblings_of_a_declared_task_that_failed_keep_the_parent_failed(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{{id: p, {PARALLEL}, tasks: [{fail('a')}, {fail('b')}]}}, {log('c')}]"))

    second = declared(by_hand, first, "a", State.SUCCESS)

    assert (second.state, second.states[1][1]) == ("FAILED", "SUCCESS")


# ---------------------------------------------------------------------- removal
def test_nothing_is_left_of_a_deleted_execution(on_each_database: HandEngine) -> None:
    loop = f"id: l, {FOR_EACH}, values: [1, 2], tasks: [{work('w')}]"
    large = f'{{id: r, type: {RETURN}, format: "{{{{ range(1, 30000) }}}}"}}'
    first = ended(on_each_database, flow(f"tasks: [{{{loop}}}, {large}, {fail('f')}]\nlabels: {{x: y}}"))
    other = ended(on_each_database, ONE)
    on_each_database.app.executions.restart(first.id)
    on_each_database.drain()

    on_each_database.app.executions.delete(first.id)

    tables = ["task_run", "attempt", "frame", "inbox", "loop_value", "execution_label", "log", "metric"]
    for table in tables:
        assert on_each_database.rows(f"SELECT 1 FROM {table} WHERE execution_id = :x", x=first.id) == [], table
    assert on_each_database.rows("SELECT id FROM execution") == [(other.id,)]
    assert list(on_each_database.app.storage.list(execution_folder("tests", "flow", first.id))) == []
    with pytest.raises(ExecutionNotFound):
        on_each_database.app.executions.delete(first.id)


def test_logs_metrics_and_files_may_stay(by_hand: HandEngine) -> None:
    large = f'{{id: r, type: {RETURN}, format: "{{{{ range(1, 30000) }}}}"}}'
    first = ended(by_hand, flow(f"tasks: [{log('a')}, {large}]"))

    by_hand.app.executions.delete(first.id, logs=False, metrics=False, storage=False)

    assert by_hand.rows("SELECT message FROM log WHERE message = 'a'") == [("a",)]
    assert list(by_hand.app.storage.list(execution_folder("tests", "flow", first.id)))


def test_of_a_restart_and_a_removal_at_once_one_happens(on_each_database: HandEngine) -> None:
    for _ in range(5):
        first = ended(on_each_database, flow(f"tasks: [{fail('a')}]"))
        operations = [on_each_database.app.executions.restart, on_each_database.app.executions.delete]

        errors = in_threads(2, lambda number, x=first.id, both=operations: both[number](x))  # type: ignore[misc] # bound early

        assert len(errors) == 1
        assert isinstance(errors[0], Refused | ExecutionNotFound)
        on_each_database.drain()
