"""A replay: a new execution that takes over what ran before a task run, and runs the rest."""

import pytest

from celeriac.core.errors import FlowNotFound, InputsInvalid, Refused
from engine.flow_text import RETURN, call, fail, flow, log, work
from engine.test_restarting import breaks, ended, fix, labels, states
from hand_engine import HandEngine
from real_engine import Ended

SEQUENTIAL = "type: io.kestra.plugin.core.flow.Sequential"
PARALLEL = "type: io.kestra.plugin.core.flow.Parallel"
FOR_EACH = "type: io.kestra.plugin.core.flow.ForEach"


def gives(task_id: str, text: str) -> str:
    return f'{{id: {task_id}, type: {RETURN}, format: "{text}"}}'


def replayed(engine: HandEngine, first: Ended, task_id: str | None = None, at: int = 0, **more: object) -> Ended:
    run_id = None if task_id is None else first.runs(task_id)[at]["id"]
    new_id = engine.app.executions.replay(first.id, run_id, **more)  # type: ignore[arg-type] # named as there
    engine.drain()
    return engine.look(new_id)


def attempts(one: Ended) -> dict[str, list[int]]:
    """{task id: numbers of attempts of its runs}."""
    found: dict[str, list[int]] = {}
    for run in one.document["taskRunList"]:
        found.setdefault(run["taskId"], []).append(len(run["attempts"]))
    return found


def test_a_replay_from_the_start_runs_everything_once_more(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{work('a')}, {log('b')}]\nlabels: {{x: y}}"))

    second = replayed(on_each_database, first)

    assert second.id != first.id
    assert states(second) == ["CREATED", "RUNNING", "SUCCESS"]
    assert labels(second) == {**labels(first), "system.replay": "true"}
    assert second.document["originalId"] == first.id
    assert attempts(second) == {"a": [1], "b": [1]}


def test_a_replay_from_a_task_takes_over_what_ran_before_it(on_each_database: HandEngine) -> None:
    tasks = [gives("a", "{{ execution.id }}"), gives("b", "{{ outputs.a.value }}"), gives("c", "{{ outputs.b.value }}")]
    first = ended(on_each_database, flow(f"tasks: [{', '.join(tasks)}]"))

    second = replayed(on_each_database, first, "b")

    assert states(second) == ["CREATED", "RUNNING", "SUCCESS", "RESTARTED", "RUNNING", "SUCCESS"]
    assert second.history_of("b") == ["CREATED", "RUNNING", "SUCCESS", "RESTARTED", "RUNNING", "SUCCESS"]
    assert attempts(second) == {"a": [1], "b": [2], "c": [1]}
    assert second.outputs_of("c") == {"value": first.id}
    assert second.run("a")["id"] != first.run("a")["id"]
    assert on_each_database.look(first.id).document == first.document


def test_a_replay_from_the_middle_runs_on_workers_as_well(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{work('a')}, {work('b')}, {work('c')}]"))

    second = replayed(on_each_database, first, "b")

    assert (second.state, attempts(second)) == ("SUCCESS", {"a": [1], "b": [2], "c": [1]})


def test_a_replay_inside_of_a_branch_leaves_the_condition_alone(by_hand: HandEngine) -> None:
    tasks = f"{gives('a', 'a')}, {gives('b', 'b')}, {gives('c', 'c')}"
    choice = f"id: if, type: io.kestra.plugin.core.flow.If, condition: 'true', then: [{tasks}]"
    first = ended(by_hand, flow(f"tasks: [{{{choice}}}, {log('z')}]"))

    second = replayed(by_hand, first, "b")

    assert attempts(second) == {"if": [1], "a": [1], "b": [2], "c": [1], "z": [1]}
    assert second.history_of("if") == ["CREATED", "RUNNING", "SUCCESS", "RUNNING", "SUCCESS"]
    assert second.outputs_of("if") == {"evaluationResult": True}


def test_a_replay_of_a_flowable_runs_all_inside_of_it(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{{id: s, {SEQUENTIAL}, tasks: [{log('a')}, {log('b')}]}}, {log('z')}]"))

    second = replayed(by_hand, first, "s")

    assert attempts(second) == {"s": [1], "a": [1], "b": [1], "z": [1]}
    assert second.history_of("a") == ["CREATED", "RUNNING", "SUCCESS"]


def test_a_replay_beside_others_takes_them_over(on_each_database: HandEngine) -> None:
    tasks = f"{gives('a', 'a')}, {gives('b', 'b')}, {gives('c', 'c')}"
    first = ended(on_each_database, flow(f"tasks: [{{id: p, {PARALLEL}, tasks: [{tasks}]}}, {log('z')}]"))

    second = replayed(on_each_database, first, "b")

    assert attempts(second) == {"p": [1], "a": [1], "b": [2], "c": [1], "z": [1]}


def test_a_replay_in_a_loop_goes_on_with_its_later_iterations(on_each_database: HandEngine) -> None:
    tasks = f"{gives('a', '{{ taskrun.value }}')}, {gives('b', '{{ outputs.a[taskrun.value].value }}')}"
    first = ended(on_each_database, flow(f"tasks: [{{id: l, {FOR_EACH}, values: [1, 2, 3], tasks: [{tasks}]}}]"))

    second = replayed(on_each_database, first, "b", at=1)

    assert attempts(second) == {"l": [1], "a": [1, 1, 1], "b": [1, 2, 1]}
    assert [run["outputs"]["value"] for run in second.runs("b")] == ["1", "2", "3"]


def test_a_replay_in_a_loop_that_runs_at_once_touches_one_iteration(on_each_database: HandEngine) -> None:
    tasks = f"{gives('a', '{{ taskrun.value }}')}, {work('b')}"
    loop = f"id: l, {FOR_EACH}, concurrencyLimit: 0, values: [1, 2, 3], tasks: [{tasks}]"
    first = ended(on_each_database, flow(f"tasks: [{{{loop}}}, {log('z')}]"))

    second = replayed(on_each_database, first, "a", at=1)

    assert sorted(attempts(second)["a"]) == [1, 1, 2]
    assert len(second.runs("b")) == 3
    assert second.state_of("z") == "SUCCESS"


def test_a_replay_of_a_failed_execution_begins_before_the_failure(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{work('a')}, {work('b')}, {breaks('c')}]\nerrors: [{log('e')}]"))
    fix(on_each_database)

    second = replayed(on_each_database, first, "b")

    assert (first.state, second.state) == ("FAILED", "SUCCESS")
    assert attempts(second) == {"a": [1], "b": [2], "c": [1]}


def test_a_replay_from_a_finally_task_runs_the_rest_of_that_list(by_hand: HandEngine) -> None:
    first = ended(
        by_hand, flow(f"tasks: [{log('a')}]\nfinally: [{log('f')}, {log('g')}]\nafterExecution: [{log('z')}]")
    )

    second = replayed(by_hand, first, "f")

    assert attempts(second) == {"a": [1], "f": [2], "g": [1], "z": [1]}


def test_a_replay_from_an_errors_task_stays_failed(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{fail('a')}]\nerrors: [{log('e')}]"))

    second = replayed(by_hand, first, "e")

    assert (second.state, attempts(second)) == ("FAILED", {"a": [1], "e": [2]})


def test_a_replay_cannot_begin_after_the_end(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{log('a')}]\nafterExecution: [{log('z')}]"))

    with pytest.raises(Refused, match="`z` runs after the end"):
        replayed(by_hand, first, "z")


def test_a_replay_of_a_subflow_task_starts_another_child(on_each_database: HandEngine) -> None:
    child = flow(f"tasks: [{log('x')}]", "child")
    first = ended(on_each_database, flow(f"tasks: [{call('child')}, {log('z')}]"), (child,))

    second = replayed(on_each_database, first, "call")

    assert (second.state, len(second.children)) == ("SUCCESS", 1)
    assert second.children[0]["id"] != first.children[0]["id"]


def test_inputs_of_a_replay_replace_those_of_the_same_names(on_each_database: HandEngine) -> None:
    inputs = "inputs: [{id: x, type: INT, defaults: 1}, {id: y, type: DURATION, defaults: PT5M}]"
    first = ended(
        on_each_database, flow(f"{inputs}\ntasks: [{log('w')}, {gives('a', '{{ inputs.x }} {{ inputs.y }}')}]")
    )

    second = replayed(on_each_database, first, "a", inputs={"x": "7"})

    assert (first.outputs_of("a"), second.outputs_of("a")) == ({"value": "1 300.0"}, {"value": "7 300.0"})


def test_a_secret_input_is_taken_over(by_hand: HandEngine) -> None:
    tasks = f"tasks: [{gives('a', '{{ inputs.s | length }}')}]"
    execution_id = by_hand.start(flow(f"inputs: [{{id: s, type: SECRET}}]\n{tasks}"), {"s": "hidden"})
    by_hand.drain()

    second = replayed(by_hand, by_hand.look(execution_id))

    assert second.outputs_of("a") == {"value": "6"}
    assert "hidden" not in str(by_hand.rows("SELECT inputs FROM execution"))


def test_wrong_inputs_of_a_replay_are_refused(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"inputs: [{{id: x, type: INT, defaults: 1}}]\ntasks: [{log('a')}]"))

    with pytest.raises(InputsInvalid, match="Invalid value for input `x`"):
        replayed(by_hand, first, inputs={"x": "seven"})


def test_a_replay_can_run_another_revision(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{gives('a', 'old')}, {gives('b', 'old')}]"))
    on_each_database.register(flow(f"tasks: [{log('new')}, {gives('a', 'new')}, {gives('b', 'new')}, {log('c')}]"))

    second = replayed(on_each_database, first, "b", revision=2)

    assert second.document["flowRevision"] == 2
    assert [second.outputs_of("a"), second.outputs_of("b")] == [{"value": "old"}, {"value": "new"}]
    assert second.states == [("a", "SUCCESS"), ("b", "SUCCESS"), ("c", "SUCCESS")]


def test_a_task_that_another_revision_does_not_have_is_no_place_to_begin(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{log('a')}, {log('b')}]"))
    by_hand.register(flow(f"tasks: [{log('a')}]"))

    with pytest.raises(Refused, match="`b` does not stand where it did in revision 2"):
        replayed(by_hand, first, "b", revision=2)
    with pytest.raises(FlowNotFound):
        replayed(by_hand, first, "b", revision=9)


def test_a_restart_with_another_revision_is_a_new_execution(on_each_database: HandEngine) -> None:
    first = ended(on_each_database, flow(f"tasks: [{work('a')}, {fail('b')}]\nerrors: [{log('e')}]"))
    on_each_database.register(flow(f"tasks: [{work('a')}, {log('b')}, {log('c')}]\nerrors: [{log('e')}]"))

    new_id = on_each_database.app.executions.restart(first.id, revision=2)
    on_each_database.drain()
    second = on_each_database.look(new_id)

    assert second.id != first.id
    assert (second.state, attempts(second)) == ("SUCCESS", {"a": [1], "b": [2], "c": [1]})
    assert labels(second)["system.restarted"] == "true"
    assert on_each_database.look(first.id).state == "FAILED"


def test_a_replay_of_a_replay_names_the_first(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{log('a')}, {log('b')}]"))

    third = replayed(by_hand, replayed(by_hand, first, "b"), "b")

    assert third.document["originalId"] == first.id
    assert attempts(third) == {"a": [1], "b": [3]}


def test_what_runs_is_replayed_from_its_start_only(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{work('a')}]"))
    by_hand.drain_advances()
    first = by_hand.look(execution_id)

    with pytest.raises(Refused, match="is RUNNING: only one that has ended can be replayed from one of its tasks"):
        replayed(by_hand, first, "a")
    assert replayed(by_hand, first).state == "SUCCESS"


def test_an_unknown_task_run_is_refused(by_hand: HandEngine) -> None:
    first = ended(by_hand, flow(f"tasks: [{log('a')}]"))

    with pytest.raises(Refused, match="No task found"):
        by_hand.app.executions.replay(first.id, "nothing")


def test_outputs_in_files_are_shared_with_the_original(by_hand: HandEngine) -> None:
    large = gives("a", "{{ range(1, 30000) }}")
    first = ended(by_hand, flow(f"tasks: [{large}, {gives('b', '{{ outputs.a.value | length }}')}]"))

    second = replayed(by_hand, first, "b")

    assert (first.outputs_of("b"), second.outputs_of("b")) == (second.outputs_of("b"), first.outputs_of("b"))
    assert by_hand.rows("SELECT count(*) FROM task_run WHERE outputs_uri IS NOT NULL") == [(2,)]
    assert second.state == "SUCCESS"
