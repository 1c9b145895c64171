"""RedBeat's entries for triggers: what Redis holds of them, when they ring, and how they come back."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from redbeat.schedulers import get_redis

from celeriac.core.dated_trigger import Alarm
from celeriac.dispatch.schedule import LOCK_S, LOOP_S, CronSchedule, Decoder, Encoder, Entry, RedBeatAlarms, beat_app
from real_engine import running_valkey

EACH_SECOND = Alarm("* * * * * *", True, "")
MORNING = Alarm("30 9 * * *", False, "Europe/Paris")
KEY = ("company.team", "flow", "timer")


@pytest.fixture(scope="module")
def own_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey that may be flushed."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def client(own_url: str) -> redis.Redis:
    """Redis, empty."""
    found = redis.Redis.from_url(own_url, decode_responses=True)
    found.flushall()
    return found


@pytest.fixture
def alarms(client: redis.Redis, own_url: str) -> RedBeatAlarms:
    return RedBeatAlarms(beat_app(own_url, own_url, "test"))


def listed(client: redis.Redis) -> list[str]:
    """What RedBeat has in its list."""
    return [str(key).rpartition(":")[2] for key in client.zrange("celeriac:beat:test::schedule", 0, -1)]


def test_the_lock_outlives_five_loops() -> None:
    assert LOOP_S <= 1
    assert LOCK_S >= 5 * LOOP_S


@pytest.mark.parametrize("alarm", [EACH_SECOND, MORNING])
def test_a_schedule_is_read_as_it_was_written(alarm: Alarm) -> None:
    text = json.dumps({"schedule": CronSchedule(alarm)}, cls=Encoder)

    assert json.loads(text, cls=Decoder) == {"schedule": CronSchedule(alarm)}


def test_a_schedule_is_due_when_a_date_has_passed_since_the_last_one() -> None:
    schedule = CronSchedule(EACH_SECOND)
    now = datetime.now(UTC)

    assert schedule.is_due(now - timedelta(seconds=2)).is_due
    assert not schedule.is_due(now + timedelta(seconds=2)).is_due
    assert schedule.is_due(now + timedelta(seconds=2)).next <= 3.1


def test_the_dates_of_a_schedule_are_those_of_its_zone() -> None:
    schedule = CronSchedule(MORNING)

    date = schedule.next_after(datetime(2030, 7, 1, tzinfo=UTC))

    assert date is not None
    assert date.astimezone(UTC) == datetime(2030, 7, 1, 7, 30, tzinfo=UTC)


def test_an_entry_is_stored_with_its_next_date(alarms: RedBeatAlarms, client: redis.Redis) -> None:
    alarms.set(KEY, MORNING)

    assert listed(client) == ["company.team/flow/timer"]
    score = client.zscore("celeriac:beat:test::schedule", "celeriac:beat:test:company.team/flow/timer")
    following = CronSchedule(MORNING).next_after(datetime.now(UTC))
    assert following is not None
    assert score == following.timestamp()


def test_an_entry_rings_by_the_job_fire_for_its_trigger(alarms: RedBeatAlarms, client: redis.Redis) -> None:
    alarms.set(KEY, EACH_SECOND)

    entry = Entry.from_key("celeriac:beat:test:company.team/flow/timer", app=alarms._app)

    assert (entry.task, entry.args, entry.options["queue"]) == ("celeriac.fire", list(KEY), "orchestrate")
    assert entry.schedule == CronSchedule(EACH_SECOND)


def test_an_alarm_that_is_taken_away_rings_no_more(alarms: RedBeatAlarms, client: redis.Redis) -> None:
    alarms.set(KEY, MORNING)

    alarms.set(KEY, None)

    assert listed(client) == []


def test_what_redis_has_lost_is_made_again(alarms: RedBeatAlarms, client: redis.Redis) -> None:
    alarms.restore({KEY: MORNING})
    client.flushall()
    has_forgotten = alarms.has_forgotten()

    alarms.restore({KEY: MORNING})

    assert has_forgotten
    assert listed(client) == ["company.team/flow/timer"]
    assert not alarms.has_forgotten()


def test_entries_of_triggers_that_are_gone_are_removed(alarms: RedBeatAlarms, client: redis.Redis) -> None:
    alarms.set(("a", "b", "c"), EACH_SECOND)

    alarms.restore({KEY: MORNING})

    assert listed(client) == ["company.team/flow/timer"]


def test_an_entry_that_says_the_same_is_left_alone(alarms: RedBeatAlarms, client: redis.Redis) -> None:
    alarms.restore({KEY: MORNING})
    get_redis(alarms._app).hset("celeriac:beat:test:company.team/flow/timer", "meta", '{"last_run_at": null}')

    alarms.restore({KEY: MORNING})

    assert client.hget("celeriac:beat:test:company.team/flow/timer", "meta") == '{"last_run_at": null}'


def test_a_redis_that_is_away_is_told_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    away = RedBeatAlarms(beat_app("redis://127.0.0.1:1/0", "redis://127.0.0.1:1/0", "test"))

    with caplog.at_level(logging.WARNING):
        away.set(KEY, MORNING)
        away.restore({KEY: MORNING})

    assert not away.has_forgotten()
    assert [record.getMessage() for record in caplog.records] == ["alarm not set", "alarms not restored"]
