"""Sleep: a date in the database that holds no worker."""

from engine.flow_text import flow, log
from hand_engine import HandEngine
from real_engine import RealEngine

SLEEP = "io.kestra.plugin.core.flow.Sleep"


def sleep(duration: str) -> str:
    return f"{{id: nap, type: {SLEEP}, duration: '{duration}'}}"


def test_a_sleep_lasts_as_long_as_it_says(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{sleep('PT0.4S')}, {log('b')}]"))

    assert ended.states == [("nap", "SUCCESS"), ("b", "SUCCESS")]
    assert float(ended.run("nap")["state"]["duration"].removeprefix("PT").removesuffix("S")) >= 0.4


def test_a_sleep_takes_no_worker(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{sleep('PT1H')}]"))

    by_hand.drain_advances()

    assert not by_hand.publisher.jobs
    assert by_hand.look(execution_id).state_of("nap") == "RUNNING"


def test_a_date_that_has_come_is_told_once(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{sleep('PT1H')}, {log('b')}]"))
    by_hand.drain()
    by_hand.change("UPDATE task_run SET due_us = 1")

    by_hand.ring()
    by_hand.ring()

    assert by_hand.rows("SELECT kind, seq FROM inbox") == [("due", 1)]
    by_hand.drain()
    assert by_hand.look(execution_id).state == "SUCCESS"


def test_a_kill_ends_a_sleep(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{sleep('PT1H')}]"))
    by_hand.drain()

    by_hand.app.executions.kill(execution_id)
    by_hand.drain()

    assert (by_hand.look(execution_id).state, by_hand.look(execution_id).states) == ("KILLED", [("nap", "KILLED")])


def test_a_duration_that_is_none_fails_the_sleep(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{sleep('{{ 1 / 0 }}')}]"))

    assert (ended.state, ended.state_of("nap")) == ("FAILED", "FAILED")
