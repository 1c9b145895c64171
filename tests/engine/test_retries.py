"""Retry policies: when the next attempt comes, and what it makes of the task run."""

import pytest

from engine.flow_text import broken, fail, flaky, flow, log, work
from hand_engine import HandEngine
from real_engine import RealEngine

SOON = "type: constant, interval: PT0.05S, maxAttempts: 3"


@pytest.mark.parametrize(
    "policy",
    [
        SOON,
        "type: exponential, interval: PT0.02S, maxInterval: PT0.1S, delayFactor: 2, maxAttempts: 5",
        "type: random, minInterval: PT0.02S, maxInterval: PT0.1S, maxDuration: PT30S",
    ],
)
def test_a_task_that_fails_twice_succeeds_at_its_third_attempt(engine: RealEngine, policy: str) -> None:
    ended = engine.run(flow(f"tasks: [{flaky('a', 2, policy)}, {log('b')}]"))

    assert (ended.state, ended.states) == ("SUCCESS", [("a", "SUCCESS"), ("b", "SUCCESS")])
    assert ended.attempts_of("a") == ["FAILED", "FAILED", "SUCCESS"]
    assert ended.history_of("a") == [*["CREATED", "RUNNING", "FAILED", "RETRYING"] * 2, "CREATED", "RUNNING", "SUCCESS"]


def test_a_task_fails_after_its_last_attempt(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{broken('a', f'retry: {{{SOON}}}')}, {log('b')}]"))

    assert (ended.state, ended.attempts_of("a")) == ("FAILED", ["FAILED"] * 3)


def test_no_attempt_begins_after_the_longest_duration(engine: RealEngine) -> None:
    policy = "type: constant, interval: PT0.4S, maxDuration: PT0.5S"

    ended = engine.run(flow(f"tasks: [{fail('a', f'retry: {{{policy}}}')}]"))

    assert ended.attempts_of("a") == ["FAILED"] * 2


def test_a_success_after_a_retry_is_a_warning_when_asked_for(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{flaky('a', 1, SOON + ', warningOnRetry: true')}, {log('b')}]"))

    assert (ended.state, ended.states) == ("WARNING", [("a", "WARNING"), ("b", "SUCCESS")])


def test_an_allowed_failure_is_retried_first(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{fail('a', f'allowFailure: true, retry: {{{SOON}}}')}]"))

    assert (ended.state_of("a"), ended.attempts_of("a")) == ("WARNING", ["FAILED"] * 3)


@pytest.mark.parametrize("where", ["flow", "flowable"])
def test_a_retry_of_what_is_around_a_task_retries_the_task(engine: RealEngine, where: str) -> None:
    child = fail("a", "condition: '{{ taskrun.attemptsCount < 1 }}'")
    own, of_flow = (f"retry: {{{SOON}}}", "") if where == "flowable" else ("", f"retry: {{{SOON}}}")

    ended = engine.run(
        flow(f"""
        tasks:
          - id: parent
            type: io.kestra.plugin.core.flow.Sequential
            {own}
            tasks: [{child}]
        {of_flow}
        """)
    )

    assert (ended.attempts_of("a"), ended.attempts_of("parent")) == (["FAILED", "SUCCESS"], ["SUCCESS"])


def test_the_rest_of_a_chain_runs_after_the_attempt_that_succeeds(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{work('a')}, {flaky('b', 1, SOON)}, {work('c')}, {work('d')}]"))

    assert ended.states == [("a", "SUCCESS"), ("b", "SUCCESS"), ("c", "SUCCESS"), ("d", "SUCCESS")]
    assert ended.attempts_of("c") == ["SUCCESS"]


def test_a_fused_task_is_retried_too(engine: RealEngine) -> None:
    message = "message: \"{{ taskrun.attemptsCount < 1 ? nothing : 'there' }}\""

    ended = engine.run(flow(f"tasks: [{{id: a, type: io.kestra.plugin.core.log.Log, {message}, retry: {{{SOON}}}}}]"))

    assert (ended.state, ended.attempts_of("a")) == ("SUCCESS", ["FAILED", "SUCCESS"])


def test_what_is_next_waits_for_the_retry_of_a_sibling(engine: RealEngine) -> None:
    ended = engine.run(
        flow(f"""
        tasks:
          - id: both
            type: io.kestra.plugin.core.flow.Parallel
            tasks: [{flaky("a", 1, SOON)}, {work("b")}]
          - {log("after")}
        """)
    )

    assert (ended.state, ended.states[-1]) == ("SUCCESS", ("after", "SUCCESS"))


def test_the_date_of_the_next_attempt_is_known_before_the_siblings_of_a_chord_end(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(
        flow(f"""
        tasks:
          - id: both
            type: io.kestra.plugin.core.flow.Parallel
            tasks: [{flaky("a", 1, SOON)}, {work("b")}]
        """)
    )
    by_hand.app.advance(execution_id)
    first, _ = by_hand.take("execute")
    by_hand.publisher.jobs.clear()

    by_hand.do(first)

    assert by_hand.publisher.jobs.pop() == ("advance", execution_id, 0, 0)
    by_hand.app.advance(execution_id)
    assert by_hand.rows("SELECT state FROM task_run WHERE due_us IS NOT NULL") == [("RETRYING",)]


def test_a_kill_ends_what_waits_for_its_next_attempt(by_hand: HandEngine) -> None:
    policy = "type: constant, interval: PT1H, maxAttempts: 3"
    execution_id = by_hand.start(flow(f"tasks: [{fail('a', f'retry: {{{policy}}}')}]"))
    by_hand.drain()

    by_hand.app.executions.kill(execution_id)
    by_hand.drain()

    ended = by_hand.look(execution_id)
    assert (ended.state, ended.states) == ("KILLED", [("a", "KILLED")])
    assert by_hand.rows("SELECT 1 FROM task_run WHERE due_us IS NOT NULL") == []
