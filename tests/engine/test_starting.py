"""Starts: at once, once only, or at a date that is still to come."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from celeriac.core.execution import Once
from celeriac.services.executions import Started
from engine.flow_text import flow, log
from hand_engine import HandEngine, hand_engine
from threads import in_threads

KEY = Once("submit:tests.flow", "k")


def start(engine: HandEngine, **more: Any) -> Started:
    engine.register(flow(f"tasks: [{log('a')}]"))
    return engine.app.executions.start("tests", "flow", **more)


def in_s(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def count(engine: HandEngine) -> object:
    return engine.rows("SELECT count(*) FROM execution")[0][0]


def test_a_key_starts_one_execution_only(on_each_database: HandEngine) -> None:
    first, second = start(on_each_database, once=KEY), start(on_each_database, once=KEY)

    assert (second, first.is_new, second.is_new) == (first, True, False)
    assert count(on_each_database) == 1


def test_of_many_starts_at_once_with_one_key_one_starts(on_each_database: HandEngine) -> None:
    on_each_database.register(flow(f"tasks: [{log('a')}]"))
    started: list[Started] = []

    errors = in_threads(8, lambda _: started.append(on_each_database.app.executions.start("tests", "flow", once=KEY)))

    assert (errors, len(set(started)), sum(one.is_new for one in started)) == ([], 1, 1)
    assert count(on_each_database) == 1


def test_an_execution_for_later_waits_for_its_date(on_each_database: HandEngine) -> None:
    started = start(on_each_database, scheduled_at=in_s(0.3))
    on_each_database.ring()
    on_each_database.drain()
    before = on_each_database.look(started).state

    ended = on_each_database.wait(started)

    assert (before, ended.state) == ("CREATED", "SUCCESS")
    row = on_each_database.execution(started)
    assert row.started_us is not None and row.scheduled_us is not None and row.started_us >= row.scheduled_us


def test_a_date_that_has_passed_starts_at_once(by_hand: HandEngine) -> None:
    started = start(by_hand, scheduled_at=in_s(-60))

    by_hand.drain()

    assert by_hand.look(started).state == "SUCCESS"


def test_the_fact_of_a_date_is_written_once(on_each_database: HandEngine) -> None:
    started = start(on_each_database, scheduled_at=in_s(3600))
    on_each_database.change("UPDATE execution SET scheduled_us = 1")

    told = [on_each_database.app.sweep_store.ring() for _ in range(2)]

    assert told == [[started], []]
    assert on_each_database.rows("SELECT kind FROM inbox") == [("start",)]


def test_an_execution_for_later_survives_a_restart(tmp_path: Path) -> None:
    with hand_engine(tmp_path) as engine:
        started = start(engine, scheduled_at=in_s(0.2))

    with hand_engine(tmp_path) as engine:
        assert engine.wait(started).state == "SUCCESS"


def test_an_execution_for_later_can_be_killed_before_its_date(on_each_database: HandEngine) -> None:
    started = start(on_each_database, scheduled_at=in_s(3600))

    on_each_database.app.executions.kill(started)
    on_each_database.drain()
    on_each_database.change("UPDATE execution SET scheduled_us = 1")
    on_each_database.ring()
    on_each_database.drain()

    ended = on_each_database.look(started)
    assert (ended.state, ended.states) == ("KILLED", [])
    assert [entry["state"] for entry in ended.document["state"]["histories"]] == ["CREATED", "KILLING", "KILLED"]


def test_an_execution_for_later_is_not_stuck(by_hand: HandEngine) -> None:
    start(by_hand, scheduled_at=in_s(3600))
    by_hand.change("UPDATE execution SET created_us = 1")

    assert by_hand.app.sweep_store.stuck(60) == []


def test_an_execution_for_later_can_be_forced_to_start(on_each_database: HandEngine) -> None:
    started = start(on_each_database, scheduled_at=in_s(3600))

    on_each_database.app.executions.force_run(started)
    on_each_database.drain()

    assert on_each_database.look(started).state == "SUCCESS"
