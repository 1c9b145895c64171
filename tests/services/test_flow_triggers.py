"""Triggers that hear of executions: what starts, once for each event, with what they know of it."""

from dataclasses import replace
from typing import Any

import pytest

from celeriac.storage.secrets import Secrets
from engine.flow_text import FAIL, LOG, RETURN
from fake_clock import clocked
from hand_engine import HandEngine

FLOW = "io.kestra.plugin.core.trigger.Flow"
CONDITION = "io.kestra.plugin.core.condition"


@pytest.fixture
def engine(on_each_database: HandEngine) -> HandEngine:
    return on_each_database


def upstream(flow_id: str = "up", *, fails: bool = False) -> str:
    """A flow with an output and a label."""
    failing = f"\n  - {{id: failing, type: {FAIL}}}" if fails else ""
    return f"""id: {flow_id}
namespace: tests
labels: {{team: data}}
tasks:
  - {{id: value, type: {RETURN}, format: "{flow_id}!"}}{failing}
outputs:
  - {{id: answer, type: STRING, value: "{{{{ outputs.value.value }}}}"}}
"""


def listener(more: str, *, flow_id: str = "down", rest: str = "") -> str:
    """A flow with one Flow trigger; more: its properties."""
    lines = "".join(f"    {line}\n" for line in more.splitlines())
    return (
        f"id: {flow_id}\nnamespace: tests\n{rest}tasks:\n  - {{id: log, type: {LOG}, message: hello}}\n"
        f"triggers:\n  - id: hears\n    type: {FLOW}\n{lines}"
    )


def depends(*flow_ids: str, more: str = "") -> str:
    """`dependsOn` of flows."""
    return "dependsOn:\n" + "".join(f"  - {{namespace: tests, flowId: {one}{more}}}\n" for one in flow_ids)


def run(engine: HandEngine, flow_id: str = "up") -> str:
    """Runs a flow, and all that it sets off."""
    execution_id = engine.app.executions.start("tests", flow_id)
    engine.drain()
    return execution_id


def started(engine: HandEngine, flow_id: str = "down") -> list[str]:
    """The executions of a flow, oldest first."""
    found = engine.rows("SELECT id FROM execution WHERE flow_id = :flow ORDER BY id", flow=flow_id)
    return [str(row[0]) for row in found]


def variables(engine: HandEngine, execution_id: str) -> dict[str, Any]:
    return dict((engine.execution(execution_id).trigger or {})["variables"])


def test_the_end_of_another_flow_starts_an_execution(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up")))

    first = run(engine)

    (second,) = started(engine)
    assert engine.execution(second).state == "SUCCESS"
    found = variables(engine, second)
    assert (found["executionId"], found["namespace"], found["flowId"]) == (first, "tests", "up")
    assert (found["flowRevision"], found["state"], found["lastTaskId"]) == (1, "SUCCESS", "value")
    assert found["executionLabels"] == {"team": "data"}


def test_outputs_are_told_plainly_and_by_namespace_and_flow(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up")))

    run(engine)

    outputs = variables(engine, started(engine)[0])["outputs"]
    assert outputs == {"answer": "up!", "up": {"answer": "up!"}, "tests": {"up": {"answer": "up!"}}}


def test_inputs_and_labels_are_rendered_with_what_has_happened(engine: HandEngine) -> None:
    more = 'inputs: {said: "{{ trigger.outputs.answer }}"}\nlabels: {by: "{{ trigger.flowId }}"}\n' + depends("up")
    engine.register(upstream(), listener(more, rest="inputs:\n  - {id: said, type: STRING}\n"))

    run(engine)

    found = engine.execution(started(engine)[0])
    assert (found.inputs, found.labels["by"]) == ({"said": "up!"}, "up")


def test_what_is_started_has_the_correlation_of_what_has_happened(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up")))

    first = run(engine)

    assert engine.execution(started(engine)[0]).labels["system.correlationId"] == first


def test_inputs_that_cannot_be_rendered_are_a_failed_execution(engine: HandEngine) -> None:
    engine.register(upstream(), listener('inputs: {x: "{{ nothing.here }}"}\n' + depends("up")))

    run(engine)

    ended = engine.look(started(engine)[0])
    assert ended.state == "FAILED"
    assert "nothing" in ended.messages[0]


def test_every_end_and_pause_counts_unless_states_are_given(engine: HandEngine) -> None:
    only = "states: [SUCCESS]\n" + depends("up")
    engine.register(upstream(fails=True), listener(depends("up")), listener(only, flow_id="other"))

    run(engine)

    assert len(started(engine)) == 1
    assert started(engine, "other") == []
    assert variables(engine, started(engine)[0])["firstFailedTaskId"] == "failing"


def test_a_state_on_the_way_can_be_heard(engine: HandEngine) -> None:
    engine.register(upstream(), listener("states: [RUNNING]\n" + depends("up")))

    run(engine)

    found = variables(engine, started(engine)[0])
    assert found["state"] == "RUNNING"
    assert "outputs" not in found


def test_a_flow_does_not_hear_of_its_own_executions(engine: HandEngine) -> None:
    engine.register(listener("states: [SUCCESS]", flow_id="up"))

    run(engine)

    assert len(started(engine, "up")) == 1


def test_flows_are_chained_by_triggers(engine: HandEngine) -> None:
    engine.register(upstream("a"), listener(depends("a"), flow_id="b"), listener(depends("b"), flow_id="c"))

    first = run(engine, "a")

    (last,) = started(engine, "c")
    assert variables(engine, last)["flowId"] == "b"
    assert engine.execution(last).labels["system.correlationId"] == first


def test_an_event_that_is_heard_twice_starts_one_execution(engine: HandEngine) -> None:
    engine.register(upstream(), listener("states: [SUCCESS]"))
    first = run(engine)
    engine.change("INSERT INTO flow_event (execution_id, first, count, at_us) VALUES (:id, 1, 2, 0)", id=first)

    engine.app.trigger_parts.flow_triggers.hear()

    assert len(started(engine)) == 1


def test_an_event_waits_for_somebody_who_hears_it(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up")))
    engine.app.advance._heard = lambda: None
    run(engine)
    before = started(engine)

    engine.app.trigger_parts.triggering.step()

    assert (before, len(started(engine))) == ([], 1)


def test_a_start_that_was_put_down_and_not_made_is_made_later(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up")))
    parts = engine.app.trigger_parts
    ring, parts.flow_triggers.ring = parts.flow_triggers.ring, lambda key: None  # type: ignore[method-assign] # a crash
    run(engine)
    before = started(engine)
    parts.flow_triggers.ring = ring  # type: ignore[method-assign] # back

    parts.triggering.step()

    assert (before, len(started(engine))) == ([], 1)


def test_nothing_is_written_while_nobody_listens(engine: HandEngine) -> None:
    engine.register(upstream())
    engine.app.advance._heard = lambda: None

    run(engine)

    assert engine.rows("SELECT count(*) FROM flow_event") == [(0,)]


def test_a_disabled_trigger_hears_nothing(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up")))
    engine.app.triggers.set_disabled("tests", "down", "hears", is_disabled=True)

    run(engine)

    assert started(engine) == []


# ---------------------------------------------------------------- conditions
def test_all_conditions_must_hold(engine: HandEngine) -> None:
    conditions = f"""conditions:
  - {{type: {CONDITION}.ExecutionFlow, namespace: tests, flowId: up}}
  - {{type: {CONDITION}.ExecutionOutputs, expression: "{{{{ trigger.outputs.answer == 'ANSWER' }}}}"}}
"""
    engine.register(
        upstream(),
        listener(conditions.replace("ANSWER", "up!")),
        listener(conditions.replace("ANSWER", "other"), flow_id="other"),
    )

    run(engine)

    assert (len(started(engine)), len(started(engine, "other"))) == (1, 0)


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        ("{{ state == 'SUCCESS' and flowId == 'up' and namespace == 'tests' }}", True),
        ("{{ outputs.answer == 'up!' and labels.team == 'data' }}", True),
        ("{{ execution.state == 'SUCCESS' and not hasRetryAttempt }}", True),
        ("{{ trigger.outputs.answer == 'up!' }}", True),
        ("{{ outputs.answer == 'other' }}", False),
        ("{{ nothing.here }}", False),
    ],
)
def test_when_sees_the_execution(by_hand: HandEngine, when: str, fires: bool) -> None:
    by_hand.register(upstream(), listener(depends("up", more=f', when: "{when}"')))

    run(by_hand)

    assert len(started(by_hand)) == fires


def test_a_when_that_cannot_be_evaluated_is_an_error_of_the_trigger(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up", more=', when: "{{ nothing.here }}"')))

    run(engine)

    assert "nothing" in (engine.app.triggers.get("tests", "down", "hears").error or "")


# ---------------------------------------------------------------- several executions
def test_all_dependencies_must_have_happened(engine: HandEngine) -> None:
    engine.register(upstream("a"), upstream("b"), listener(depends("a", "b")))
    run(engine, "a")
    run(engine, "a")
    before = started(engine)

    run(engine, "b")

    assert (before, len(started(engine))) == ([], 1)
    outputs = variables(engine, started(engine)[0])["outputs"]
    assert outputs["tests"] == {"a": {"answer": "a!"}, "b": {"answer": "b!"}}


def test_what_has_fired_begins_anew(engine: HandEngine) -> None:
    engine.register(upstream("a"), upstream("b"), listener(depends("a", "b")))
    for flow_id in ("a", "b", "b"):
        run(engine, flow_id)
    before = len(started(engine))

    run(engine, "a")

    assert (before, len(started(engine))) == (1, 2)


def test_any_fires_for_each_of_them(engine: HandEngine) -> None:
    engine.register(upstream("a"), upstream("b"), listener("mode: ANY\n" + depends("a", "b")))

    for flow_id in ("a", "b", "a"):
        run(engine, flow_id)

    assert len(started(engine)) == 3


def test_at_least_counts_different_ones(engine: HandEngine) -> None:
    more = "mode: AT_LEAST\nminSatisfied: 2\n" + depends("a", "b", "c")
    engine.register(upstream("a"), upstream("b"), upstream("c"), listener(more))
    run(engine, "a")
    run(engine, "a")
    before = started(engine)

    run(engine, "c")

    assert (before, len(started(engine))) == ([], 1)


PRECONDITIONS = """preconditions:
  id: both
  RESET
  flows:
    - {namespace: tests, flowId: a, states: [SUCCESS]}
  where:
    - id: other
      filters:
        - {field: FLOW_ID, type: EQUAL_TO, value: b}
        - {field: EXPRESSION, type: IS_TRUE, value: "{{ outputs.answer == 'b!' }}"}
"""


def test_preconditions_are_flows_and_tests(engine: HandEngine) -> None:
    engine.register(upstream("a"), upstream("b"), listener(PRECONDITIONS.replace("RESET", "resetOnSuccess: true")))
    run(engine, "a")
    before = started(engine)

    run(engine, "b")
    run(engine, "b")

    assert (before, len(started(engine))) == ([], 1)
    assert variables(engine, started(engine)[0])["outputs"] == {"answer": "b!"}


def test_without_a_reset_each_further_one_fires(engine: HandEngine) -> None:
    engine.register(upstream("a"), upstream("b"), listener(PRECONDITIONS.replace("RESET", "resetOnSuccess: false")))

    for flow_id in ("a", "b", "b", "a"):
        run(engine, flow_id)

    assert len(started(engine)) == 3


def test_the_multiple_condition_of_old_is_the_same(engine: HandEngine) -> None:
    more = f"""conditions:
  - type: {CONDITION}.ExecutionStatus
    in: [SUCCESS]
  - type: {CONDITION}.MultipleCondition
    id: both
    window: P1D
    conditions:
      a: {{type: {CONDITION}.ExecutionFlow, namespace: tests, flowId: a}}
      b: {{type: {CONDITION}.ExecutionFlow, namespace: tests, flowId: b}}
"""
    engine.register(upstream("a"), upstream("b"), listener(more))
    run(engine, "a")
    before = started(engine)

    run(engine, "b")

    assert (before, len(started(engine))) == ([], 1)


def test_a_missed_deadline_is_a_failed_execution(engine: HandEngine) -> None:
    clock = clocked(engine, "2030-01-01T08:00:00+00:00")
    more = "window: {deadline: '09:00'}\nonMiss: {behavior: FAIL, labels: {missed: yes it was}}\n" + depends("up")
    engine.register(listener(more))
    clock.move(hours=1, minutes=1)

    for _ in range(2):
        engine.app.trigger_parts.triggering.step()

    (missed,) = started(engine)
    assert engine.execution(missed).state == "FAILED"
    assert engine.execution(missed).labels["missed"] == "yes it was"


def test_a_flow_trigger_has_no_next_date(engine: HandEngine) -> None:
    engine.register(listener("window: {deadline: '09:00'}\nonMiss: {behavior: FAIL}\n" + depends("up")))

    assert engine.app.triggers.get("tests", "down", "hears").next_at is None
    assert engine.app.triggers.next_dates("tests", "down", "hears") == []


def test_stop_after_counts_for_flow_triggers_too(engine: HandEngine) -> None:
    engine.register(upstream(), listener("stopAfter: [SUCCESS]\n" + depends("up")))
    run(engine)

    run(engine)

    assert len(started(engine)) == 1
    assert engine.app.triggers.get("tests", "down", "hears").is_disabled


def test_a_trigger_whose_flow_cannot_be_read_does_not_keep_others_from_hearing(engine: HandEngine) -> None:
    engine.register(upstream(), listener(depends("up"), flow_id="broken"), listener(depends("up")))
    engine.change("UPDATE flow SET source = '[' WHERE id = 'broken'")
    engine.app.flows._revision.cache_clear()

    run(engine)

    assert len(started(engine)) == 1
    assert engine.rows("SELECT id FROM flow_event") == []
    assert "FlowInvalid" in str(engine.app.triggers.get("tests", "broken", "hears").error)


def test_secrets_in_outputs_of_what_has_happened_stay_hidden(by_hand: HandEngine) -> None:
    app = by_hand.app
    app.surroundings = replace(app.surroundings, secrets=Secrets({"WORD": "c2VjcmV0IHdvcmQ="}))
    first = upstream("a").replace('"a!"', "\"{{ secret('WORD') }}\"")
    second = listener(depends("a", "b"))
    by_hand.register(first, upstream("b"), second)

    run(by_hand, "a")
    run(by_hand, "b")

    assert by_hand.execution(started(by_hand)[0]).secrets == ["WORD"]
