"""Dates that have come: each starts one execution, in order, and missed ones are made up for as the trigger says."""

from datetime import timedelta
from typing import Any

import pytest

from engine.flow_text import LOG, flow
from fake_clock import FakeClock, clocked
from hand_engine import HandEngine

SCHEDULE = "io.kestra.plugin.core.trigger.Schedule"
ON_DATES = "io.kestra.plugin.core.trigger.ScheduleOnDates"
CONDITION = "io.kestra.plugin.core.condition"
KEY = ("tests", "flow", "timer")


@pytest.fixture
def engine(on_each_database: HandEngine) -> HandEngine:
    return on_each_database


@pytest.fixture
def clock(engine: HandEngine) -> FakeClock:
    """Tuesday, 1 January 2030, midnight UTC."""
    return clocked(engine)


def timer(more: str = "", *, cron: str = "*/5 * * * *", rest: str = "") -> str:
    """A flow with one schedule."""
    body = f"""
        tasks:
          - {{id: log, type: {LOG}, message: hello}}
        triggers:
          - id: timer
            type: {SCHEDULE}
            cron: "{cron}"
    """
    return flow(body) + f"\n{''.join(f'    {line}{chr(10)}' for line in more.splitlines())}{rest}"


def fire(engine: HandEngine) -> None:
    engine.app.trigger_parts.scheduling.fire(*KEY)


def dates(engine: HandEngine) -> list[str]:
    """The times of day of the executions, in the order in which they were started."""
    return [str(variables["date"])[11:19] for variables in all_variables(engine)]


def all_variables(engine: HandEngine) -> list[dict[str, Any]]:
    ids = [str(row[0]) for row in engine.rows("SELECT id FROM execution ORDER BY id")]
    return [dict((engine.execution(one).trigger or {})["variables"]) for one in ids]


def end_all(engine: HandEngine, clock: FakeClock) -> None:
    """What runs ends now, on the clock of the test."""
    engine.drain()
    engine.change("UPDATE execution SET ended_us = :now", now=int(clock.now.timestamp() * 1_000_000))


def error(engine: HandEngine) -> str | None:
    return engine.app.triggers.get(*KEY).error


def test_a_saved_schedule_fires_at_its_next_date_and_not_at_once(engine: HandEngine, clock: FakeClock) -> None:
    clock.move(seconds=10)
    engine.register(timer())

    fire(engine)

    assert dates(engine) == []
    assert engine.app.triggers.get(*KEY).next_at == clock.now.replace(minute=5, second=0)


def test_a_date_starts_one_execution_however_often_it_rings(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=5)

    for _ in range(3):
        fire(engine)

    assert dates(engine) == ["00:05:00"]


def test_an_execution_knows_its_date_and_those_beside_it(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("timezone: Europe/Paris"))
    clock.move(minutes=5)

    fire(engine)

    assert all_variables(engine) == [
        {
            "date": "2030-01-01T01:05:00.000000+01:00",
            "next": "2030-01-01T01:10:00.000000+01:00",
            "previous": "2030-01-01T01:00:00.000000+01:00",
        }
    ]


def test_an_execution_has_the_labels_of_flow_and_trigger(engine: HandEngine, clock: FakeClock) -> None:
    more = """labels: {team: "{{ trigger.date | date('yyyy') }}"}"""
    engine.register(timer(more, rest="labels: {own: flow}\n"))
    clock.move(minutes=5)

    fire(engine)

    (row,) = engine.rows("SELECT id FROM execution")
    labels = engine.execution(str(row[0])).labels
    assert (labels["own"], labels["team"], labels["system.from"]) == ("flow", "2030", "trigger")


def test_inputs_of_the_trigger_are_rendered(engine: HandEngine, clock: FakeClock) -> None:
    inputs = "inputs:\n  - {id: day, type: STRING}\n"
    engine.register(timer("""inputs: {day: "{{ trigger.date | date('yyyy-MM-dd') }}"}""", rest=inputs))
    clock.move(minutes=5)

    fire(engine)

    (row,) = engine.rows("SELECT id FROM execution")
    assert engine.execution(str(row[0])).inputs == {"day": "2030-01-01"}


@pytest.mark.parametrize("value", ["abc", "{{ nothing.here }}"])
def test_inputs_that_do_not_fit_are_an_error_of_the_trigger(engine: HandEngine, clock: FakeClock, value: str) -> None:
    engine.register(timer(f'inputs: {{n: "{value}"}}', rest="inputs:\n  - {id: n, type: INT}\n"))
    clock.move(minutes=5)

    fire(engine)

    assert engine.rows("SELECT count(*) FROM execution") == [(0,)]
    assert error(engine)


def test_fail_on_trigger_error_shows_it_as_a_failed_execution(engine: HandEngine, clock: FakeClock) -> None:
    more = "failOnTriggerError: true\ninputs: {n: abc}"
    engine.register(timer(more, rest="inputs:\n  - {id: n, type: INT}\n"))
    clock.move(minutes=5)

    fire(engine)

    (row,) = engine.rows("SELECT id FROM execution")
    ended = engine.look(str(row[0]))
    assert ended.state == "FAILED"
    assert "abc" in ended.messages[0]


def test_the_error_of_a_trigger_goes_when_it_fires_again(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer(rest="inputs:\n  - {id: n, type: INT, defaults: 1}\n"))
    engine.change("UPDATE trigger SET error = 'old'")
    clock.move(minutes=5)

    fire(engine)

    assert error(engine) is None


# ---------------------------------------------------------------- one after the other
def test_a_date_waits_for_the_end_of_the_last_execution(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    for _ in range(3):
        clock.move(minutes=5)
        fire(engine)

    assert dates(engine) == ["00:05:00"]


def test_dates_that_waited_are_made_up_for_one_after_the_other(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=16)
    for _ in range(5):
        fire(engine)
        end_all(engine, clock)

    assert dates(engine) == ["00:05:00", "00:10:00", "00:15:00"]


def test_the_end_of_an_execution_makes_a_waiting_trigger_due(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=11)
    fire(engine)
    store = engine.app.trigger_parts.store
    while_running = store.due(engine.app.surroundings.now_us())

    end_all(engine, clock)

    assert while_running == []
    assert store.due(engine.app.surroundings.now_us()) == [KEY]


def test_allow_concurrent_waits_for_nothing(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("allowConcurrent: true"))
    clock.move(minutes=16)

    fire(engine)

    assert dates(engine) == ["00:05:00", "00:10:00", "00:15:00"]


def test_unlock_lets_it_fire_beside_its_last_execution(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=11)
    fire(engine)

    engine.app.triggers.unlock(*KEY)
    fire(engine)

    assert dates(engine) == ["00:05:00", "00:10:00"]


# ---------------------------------------------------------------- missed dates
def test_last_makes_up_for_the_last_of_the_missed_dates(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("recoverMissedSchedules: LAST"))
    clock.move(minutes=33)
    for _ in range(3):
        fire(engine)
        end_all(engine, clock)

    assert dates(engine) == ["00:30:00"]


def test_none_goes_on_at_the_next_date(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("recoverMissedSchedules: NONE"))
    clock.move(minutes=33)
    fire(engine)
    clock.move(minutes=2)

    fire(engine)

    assert dates(engine) == ["00:35:00"]


def test_none_deals_with_a_date_that_is_only_a_little_late(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("recoverMissedSchedules: NONE"))
    clock.move(minutes=5, seconds=4)

    fire(engine)

    assert dates(engine) == ["00:05:00"]


def test_dates_that_come_while_the_last_execution_runs_are_missed_too(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("recoverMissedSchedules: LAST"))
    clock.move(minutes=5)
    fire(engine)
    clock.move(minutes=15, seconds=1)
    end_all(engine, clock)

    fire(engine)

    assert dates(engine) == ["00:05:00", "00:20:00"]


def test_a_date_later_than_late_maximum_delay_is_left_out(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("lateMaximumDelay: PT7M"))
    clock.move(minutes=21)
    for _ in range(4):
        fire(engine)
        end_all(engine, clock)

    assert dates(engine) == ["00:15:00", "00:20:00"]


# ---------------------------------------------------------------- conditions
def test_only_dates_at_which_when_is_true_fire(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("""when: "{{ (trigger.date | date('m') | number('INT')) % 2 == 0 }}\""""))
    for _ in range(6):
        clock.move(minutes=5)
        fire(engine)
        end_all(engine, clock)

    assert dates(engine) == ["00:10:00", "00:20:00", "00:30:00"]


def test_next_and_previous_are_dates_at_which_the_conditions_hold_too(engine: HandEngine, clock: FakeClock) -> None:
    more = f"conditions:\n  - {{type: {CONDITION}.DayWeek, dayOfWeek: THURSDAY}}"
    engine.register(timer(more, cron="0 9 * * *"))
    clock.move(days=3)

    fire(engine)

    assert all_variables(engine) == [
        {
            "date": "2030-01-03T09:00:00.000000Z",
            "next": "2030-01-10T09:00:00.000000Z",
            "previous": "2029-12-27T09:00:00.000000Z",
        }
    ]


def test_an_error_in_when_is_a_failed_execution(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer('when: "{{ nothing.here }}"'))
    clock.move(minutes=5)

    fire(engine)

    assert engine.rows("SELECT state FROM execution") == [("FAILED",)]


def test_an_error_in_a_condition_is_one_of_the_trigger(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer(f'conditions:\n  - {{type: {CONDITION}.Expression, expression: "{{{{ nothing.here }}}}"}}'))
    clock.move(minutes=5)

    fire(engine)

    assert engine.rows("SELECT count(*) FROM execution") == [(0,)]
    assert "nothing" in (error(engine) or "")


def test_a_condition_that_never_holds_is_looked_for_in_bounds(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer('when: "{{ false }}"', cron="0 0 1 * *"))

    assert engine.app.triggers.get(*KEY).next_at is None


# ---------------------------------------------------------------- switches
def test_a_disabled_flow_does_not_fire(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    engine.register(timer(rest="disabled: true\n"))
    clock.move(minutes=5)

    fire(engine)

    assert dates(engine) == []


def test_a_removed_flow_has_no_triggers(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())

    engine.app.flows.delete("tests", "flow")

    assert engine.rows("SELECT * FROM trigger") == []


def test_a_disabled_trigger_goes_on_from_the_moment_it_is_enabled(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    engine.app.triggers.set_disabled(*KEY, is_disabled=True)
    clock.move(minutes=17)
    fire(engine)
    engine.app.triggers.set_disabled(*KEY, is_disabled=False)
    clock.move(minutes=4)

    fire(engine)

    assert dates(engine) == ["00:20:00"]


def test_stop_after_disables_the_trigger_when_an_execution_ends_so(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("stopAfter: [SUCCESS]"))
    clock.move(minutes=5)
    fire(engine)

    engine.drain()

    assert engine.app.triggers.get(*KEY).is_disabled


def test_stop_after_minds_only_its_states(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("stopAfter: [FAILED]"))
    clock.move(minutes=5)
    fire(engine)

    engine.drain()

    assert not engine.app.triggers.get(*KEY).is_disabled


# ---------------------------------------------------------------- revisions
def test_a_changed_schedule_counts_its_dates_from_now(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=12)

    engine.register(timer(cron="*/7 * * * *"))

    assert engine.app.triggers.get(*KEY).next_at == clock.now.replace(minute=14)


def test_a_revision_that_leaves_the_trigger_alone_leaves_its_dates_alone(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=12)

    engine.register(timer(rest="description: better\n"))
    fire(engine)

    assert dates(engine) == ["00:05:00"]


def test_a_trigger_that_is_taken_out_does_not_fire(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    engine.register(flow(f"tasks:\n  - {{id: log, type: {LOG}, message: hello}}\n"))
    clock.move(minutes=5)

    fire(engine)

    assert dates(engine) == []


def test_a_flow_saved_by_somebody_who_gave_no_hint_is_found(engine: HandEngine, clock: FakeClock) -> None:
    parsed = engine.app.flows.parse(timer()).flow
    assert parsed is not None
    engine.app.flow_store.save(parsed, timer())

    engine.app.trigger_parts.triggering.step()

    assert engine.app.triggers.get(*KEY).next_at == clock.now + timedelta(minutes=5)


# ---------------------------------------------------------------- safety net
def test_a_date_is_dealt_with_when_no_alarm_rang(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    clock.move(minutes=5, seconds=2)

    engine.app.trigger_parts.triggering.step()

    assert dates(engine) == ["00:05:00"]


def test_a_crash_after_the_start_does_not_start_the_date_again(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer())
    (before,) = engine.rows("SELECT next_us FROM trigger")
    clock.move(minutes=5)
    fire(engine)
    engine.change("UPDATE trigger SET next_us = :us, execution_id = NULL", us=before[0])

    fire(engine)

    assert dates(engine) == ["00:05:00"]


def test_the_dates_of_a_list_fire(engine: HandEngine, clock: FakeClock) -> None:
    body = f"""
        tasks:
          - {{id: log, type: {LOG}, message: hello}}
        triggers:
          - id: timer
            type: {ON_DATES}
            timezone: Europe/Paris
            dates: ["2030-01-01T02:00:00", "2030-01-01T03:00:00+01:00", "2029-01-01T00:00:00Z"]
    """
    engine.register(flow(body))
    for _ in range(3):
        clock.move(hours=1, seconds=1)
        fire(engine)
        end_all(engine, clock)

    assert dates(engine) == ["02:00:00", "03:00:00"]
    assert engine.app.triggers.get(*KEY).next_at is None


# ---------------------------------------------------------------- summer time
@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Paris", "2030-03-30T20:00:00+00:00"),
        ("Europe/Paris", "2030-10-26T20:00:00+00:00"),
        ("America/New_York", "2030-03-10T03:00:00+00:00"),
        ("America/New_York", "2030-11-03T02:00:00+00:00"),
        ("Australia/Lord_Howe", "2030-04-06T10:00:00+00:00"),
        ("Australia/Lord_Howe", "2030-10-05T10:00:00+00:00"),
    ],
)
@pytest.mark.parametrize("cron", ["30 2 * * *", "*/30 * * * *"])
def test_what_fires_is_what_the_preview_says(by_hand: HandEngine, zone: str, start: str, cron: str) -> None:
    clock = clocked(by_hand, start)
    by_hand.register(timer(f"timezone: {zone}\nallowConcurrent: true", cron=cron))
    foretold = by_hand.app.triggers.preview(cron, zone, count=20)
    named = by_hand.app.triggers.next_dates(*KEY, count=20)

    for date in foretold:
        clock.now = date
        fire(by_hand)

    fired = [variables["date"][:19] + variables["date"][26:] for variables in all_variables(by_hand)]
    assert fired == [date.isoformat().replace("+00:00", "Z") for date in foretold]
    assert list(named) == list(foretold)
