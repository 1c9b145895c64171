"""The role beat, as processes: every date of a schedule starts one execution, whatever happens to beats and Redis."""

import signal
import time
from collections.abc import Iterator

import pytest
import redis

from beats import WITHIN_S, assert_each_once, beat, dates, running_orchestrator, ticks, wait_for_dates
from real_engine import RealEngine, running_valkey, settings_for


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey that may be flushed."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, valkey: str) -> Iterator[RealEngine]:
    """An engine of which a test starts the beats."""
    with running_orchestrator(settings_for(tmp_path_factory.mktemp("home"), valkey)) as running:
        yield running


def test_a_schedule_of_every_second_starts_an_execution_for_each_second(engine: RealEngine) -> None:
    with beat(engine), ticks(engine, "each_second") as flow_id:
        wait_for_dates(engine, flow_id, 2)
        before = len(dates(engine, flow_id))
        began = time.monotonic()
        found = wait_for_dates(engine, flow_id, 12)

        took_s = time.monotonic() - began
        assert_each_once(found)
        assert 11 <= (len(found) - before) * 12 / took_s <= 13.5


def test_dates_go_on_after_a_beat_was_killed(engine: RealEngine) -> None:
    with ticks(engine, "killed") as flow_id:
        with beat(engine) as first:
            wait_for_dates(engine, flow_id, 2)
            first.kill()
            first.wait()
        with beat(engine):
            found = wait_for_dates(engine, flow_id, 4)

    assert_each_once(found)


def test_dates_go_on_after_redis_has_lost_everything(engine: RealEngine, valkey: str) -> None:
    client = redis.Redis.from_url(valkey, decode_responses=True)
    listing = "celeriac:beat:main::schedule"
    with beat(engine), ticks(engine, "flushed") as flow_id:
        wait_for_dates(engine, flow_id, 2)
        client.flushall()

        found = wait_for_dates(engine, flow_id, 4)
        engine.wait_for(lambda: client.zcard(listing), "the entries to be made again")
        engine.wait_for(lambda: client.exists("celeriac:beat:main::lock"), "the lock to be taken again")

    assert_each_once(found)


def test_two_beats_start_each_date_once_and_one_is_enough(engine: RealEngine) -> None:
    with beat(engine) as first, beat(engine), ticks(engine, "both") as flow_id:
        wait_for_dates(engine, flow_id, 2)
        first.kill()
        first.wait()

        found = wait_for_dates(engine, flow_id, 6)

    assert_each_once(found)


def test_a_beat_ends_when_it_is_told_to_and_lets_go_of_the_lock(engine: RealEngine, valkey: str) -> None:
    client = redis.Redis.from_url(valkey, decode_responses=True)
    client.delete("celeriac:beat:main::lock")
    with beat(engine) as process:
        engine.wait_for(lambda: client.exists("celeriac:beat:main::lock"), "the lock", within_s=WITHIN_S)

        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=20) == 0
        assert not client.exists("celeriac:beat:main::lock")
