"""How the states of tasks make those of the execution, and which lists of tasks run."""

import pytest

from engine.flow_text import broken, fail, flow, log, work
from real_engine import RealEngine


@pytest.mark.parametrize("task", [fail("b"), broken("b")])
def test_a_failure_ends_the_flow_and_what_follows_does_not_run(engine: RealEngine, task: str) -> None:
    ended = engine.run(flow(f"tasks: [{log('a')}, {task}, {log('c')}]"))

    assert (ended.state, ended.states) == ("FAILED", [("a", "SUCCESS"), ("b", "FAILED")])


@pytest.mark.parametrize("task", [fail("a", "allowFailure: true"), broken("a", "allowFailure: true")])
def test_an_allowed_failure_is_a_warning_and_the_flow_goes_on(engine: RealEngine, task: str) -> None:
    ended = engine.run(flow(f"tasks: [{task}, {log('b')}]"))

    assert (ended.state, ended.states) == ("WARNING", [("a", "WARNING"), ("b", "SUCCESS")])
    assert ended.attempts_of("a") == ["FAILED"]


def test_an_allowed_warning_is_a_success(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{fail('a', 'allowFailure: true, allowWarning: true')}]"))

    assert (ended.state, ended.state_of("a")) == ("SUCCESS", "SUCCESS")


def test_an_allowed_failure_in_the_middle_of_a_chain_lets_the_rest_run(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{work('a')}, {broken('b', 'allowFailure: true')}, {work('c')}, {work('d')}]"))

    assert ended.states == [("a", "SUCCESS"), ("b", "WARNING"), ("c", "SUCCESS"), ("d", "SUCCESS")]


def test_errors_of_a_flowable_run_before_those_of_the_flow(engine: RealEngine) -> None:
    ended = engine.run(
        flow(f"""
        tasks:
          - id: parent
            type: io.kestra.plugin.core.flow.Sequential
            tasks: [{fail("bad")}]
            errors: [{log("local")}]
            finally: [{log("tidy")}]
        errors: [{log("global")}]
        finally: [{log("last")}]
        """)
    )

    assert ended.state == "FAILED"
    assert [task for task, _ in ended.states] == ["parent", "bad", "local", "tidy", "global", "last"]


def test_a_failing_errors_task_does_not_stop_the_ones_behind_it(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{fail('bad')}]\nerrors: [{fail('worse')}, {log('still')}]"))

    assert ended.states == [("bad", "FAILED"), ("worse", "FAILED"), ("still", "SUCCESS")]


def test_errors_do_not_run_after_a_warning(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{fail('soft', 'allowFailure: true')}]\nerrors: [{log('handler')}]"))

    assert ended.states == [("soft", "WARNING")]


def test_a_failing_finally_task_leaves_the_execution_as_it_is(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{log('a')}]\nfinally: [{fail('f')}]"))

    assert (ended.state, ended.state_of("f")) == ("SUCCESS", "FAILED")


@pytest.mark.parametrize(("task", "state"), [(log("a"), "SUCCESS"), (fail("a"), "FAILED")])
def test_after_execution_sees_the_final_state_and_cannot_change_it(engine: RealEngine, task: str, state: str) -> None:
    after = "{id: after, type: io.kestra.plugin.core.debug.Return, format: '{{ execution.state }}'}"

    ended = engine.run(flow(f"tasks: [{task}]\nafterExecution: [{after}, {fail('z')}]"))

    assert ended.state == state
    assert ended.outputs_of("after") == {"value": state}


@pytest.mark.parametrize("condition", ["'{{ false }}'", "false", "'{{ null }}'", "'0'", "''"])
def test_a_task_whose_run_if_is_false_is_skipped(engine: RealEngine, condition: str) -> None:
    ended = engine.run(flow(f"tasks: [{log('a', f'runIf: {condition}')}, {work('b', f'runIf: {condition}')}]"))

    assert (ended.state, ended.states) == ("SUCCESS", [("a", "SKIPPED"), ("b", "SKIPPED")])


def test_a_run_if_that_cannot_be_rendered_fails_its_task_run(engine: RealEngine) -> None:
    condition = "runIf: '{{ nothing }}'"

    ended = engine.run(flow(f"tasks: [{log('a', condition)}, {log('b')}]"))

    assert (ended.state, ended.states) == ("FAILED", [("a", "FAILED")])
    assert "nothing" in ended.messages[0]


def test_disabled_tasks_have_no_task_run(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{log('a', 'disabled: true')}, {log('b')}]"))

    assert ended.states == [("b", "SUCCESS")]


def test_a_flow_of_disabled_tasks_succeeds(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{log('a', 'disabled: true')}]"))

    assert (ended.state, ended.states) == ("SUCCESS", [])


def test_outputs_that_cannot_be_rendered_fail_the_execution(engine: RealEngine) -> None:
    ended = engine.run(
        flow(f"tasks: [{log('a')}]\noutputs: [{{id: o, type: STRING, value: '{{{{ outputs.none }}}}'}}]")
    )

    assert (ended.state, ended.state_of("a")) == ("FAILED", "SUCCESS")
    assert any("output `o`" in message for message in ended.messages)


def test_histories_tell_each_state_with_its_date_in_order(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{log('a')}, {work('b')}]"))

    assert ended.history_of("a") == ended.history_of("b") == ["CREATED", "RUNNING", "SUCCESS"]
    for run in ended.document["taskRunList"]:
        dates = [entry["date"] for entry in run["state"]["histories"]]
        assert dates == sorted(dates)
