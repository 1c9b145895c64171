"""Triggers as people see and steer them."""

from datetime import UTC, datetime, timedelta

import pytest

from celeriac.core.errors import InputsInvalid, TriggerNotFound
from fake_clock import FakeClock, clocked
from hand_engine import HandEngine
from services.test_scheduling import timer


@pytest.fixture
def engine(on_each_database: HandEngine) -> HandEngine:
    return on_each_database


@pytest.fixture
def clock(engine: HandEngine) -> FakeClock:
    return clocked(engine)


def several(engine: HandEngine) -> None:
    """Schedules of four flows in three namespaces."""
    for namespace, flow_id in (("a", "one"), ("a.b", "two"), ("ab", "three"), ("a", "zero")):
        text = timer(cron="0 9 * * *" if flow_id == "zero" else "*/5 * * * *")
        engine.register(
            text.replace("namespace: tests", f"namespace: {namespace}").replace("id: flow", f"id: {flow_id}")
        )


def test_a_trigger_is_shown_with_what_it_says_and_what_is_known(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("timezone: Europe/Paris\ndescription: often"))

    view = engine.app.triggers.get("tests", "flow", "timer")

    assert (view.cron, view.timezone, view.description) == ("*/5 * * * *", "Europe/Paris", "often")
    assert view.next_at == clock.now + timedelta(minutes=5)
    assert not view.is_disabled


def test_a_list_is_of_a_namespace_and_those_below_it(engine: HandEngine, clock: FakeClock) -> None:
    several(engine)

    found = engine.app.triggers.list(namespace="a")

    assert [one.flow_id for one in found.results] == ["one", "zero", "two"]
    assert found.total == 3


def test_a_list_is_searched_and_paged(engine: HandEngine, clock: FakeClock) -> None:
    several(engine)

    first, second = (engine.app.triggers.list(q="TIM", page=page, size=3) for page in (1, 2))

    assert (len(first.results), len(second.results), first.total) == (3, 1, 4)
    assert [one.flow_id for one in engine.app.triggers.list(q="zer").results] == ["zero"]


def test_what_comes_next_comes_first(engine: HandEngine, clock: FakeClock) -> None:
    several(engine)
    engine.app.triggers.set_disabled("a", "one", "timer", is_disabled=True)

    found = engine.app.triggers.upcoming(clock.now + timedelta(days=1), limit=3)

    assert [one.flow_id for one in found][-1] == "zero"
    assert {one.flow_id for one in found} == {"two", "three", "zero"}


def test_a_trigger_that_is_disabled_in_yaml_stays_so(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("disabled: true"))

    view = engine.app.triggers.set_disabled("tests", "flow", "timer", is_disabled=False)

    assert view.is_disabled
    assert view.is_disabled_in_flow
    assert view.next_at is None
    assert engine.app.triggers.next_dates("tests", "flow", "timer") == []


def test_next_dates_count_the_conditions(engine: HandEngine, clock: FakeClock) -> None:
    engine.register(timer("""when: "{{ isWeekend(trigger.date) }}\"""", cron="0 9 * * *"))

    dates = engine.app.triggers.next_dates("tests", "flow", "timer", 3)

    assert [date.day for date in dates] == [5, 6, 12]


def test_a_preview_is_of_five_or_six_fields(engine: HandEngine) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)

    minutes = engine.app.triggers.preview("*/5 * * * *", "Europe/Paris", start, 2)
    seconds = engine.app.triggers.preview("*/5 * * * * *", None, start, 2)

    assert [date.isoformat() for date in minutes] == ["2030-01-01T01:05:00+01:00", "2030-01-01T01:10:00+01:00"]
    assert [date.second for date in seconds] == [5, 10]


@pytest.mark.parametrize(("cron", "zone"), [("soon", None), ("* * * *", None), ("@daily", "Nowhere/Land")])
def test_a_preview_of_what_is_wrong_says_why(by_hand: HandEngine, cron: str, zone: str | None) -> None:
    with pytest.raises(InputsInvalid):
        by_hand.app.triggers.preview(cron, zone)


@pytest.mark.parametrize("operation", ["get", "unlock", "next_dates"])
def test_a_trigger_that_is_not_there_is_not_found(by_hand: HandEngine, operation: str) -> None:
    with pytest.raises(TriggerNotFound):
        getattr(by_hand.app.triggers, operation)("tests", "flow", "none")


def test_switching_a_trigger_that_is_not_there_is_not_found(by_hand: HandEngine) -> None:
    with pytest.raises(TriggerNotFound):
        by_hand.app.triggers.set_disabled("tests", "flow", "none", is_disabled=True)
