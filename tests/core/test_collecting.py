"""Collecting executions within a period."""

from datetime import UTC, datetime, timedelta

from celeriac.core.collecting import Collection, Period, State, merged
from celeriac.core.condition_type import Upstream

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
RUN = Upstream("x", "tests", "up", "SUCCESS", outputs={"a": 1})


def _day(moment: datetime) -> tuple[datetime, datetime]:
    start = moment.replace(hour=0)
    return start, start + timedelta(days=1)


def both(
    *, lookback: timedelta | None = None, needed: int = 2, resets: bool = True, fires_once: bool = False
) -> Collection:
    """Two parts that anything meets."""
    parts = {"a": lambda situation: True, "b": lambda situation: True}
    return Collection("both", parts, Period(_day, lookback), needed, resets=resets, fires_once=fires_once)


def collect(collection: Collection, *events: tuple[str, timedelta]) -> tuple[State, list[bool]]:
    """Events, (part, how long after noon); each that completes the collection makes it fire."""
    state: State = {}
    complete = []
    for part, after in events:
        state, is_complete = collection.collect(state, [part], RUN, NOON + after)
        complete.append(is_complete)
        if is_complete:
            state = collection.fired(state, NOON + after)
    return state, complete


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = timedelta()


def test_it_is_complete_when_every_part_is_met() -> None:
    assert collect(both(), ("a", NOW), ("a", HOUR), ("b", HOUR))[1] == [False, False, True]


def test_it_begins_anew_after_it_has_fired() -> None:
    assert collect(both(), ("a", NOW), ("b", NOW), ("b", NOW), ("a", NOW))[1] == [False, True, False, True]


def test_without_a_reset_each_further_event_completes_it() -> None:
    assert collect(both(resets=False), ("a", NOW), ("b", NOW), ("b", NOW))[1] == [False, True, True]


def test_a_new_period_begins_with_nothing() -> None:
    assert collect(both(), ("a", NOW), ("b", DAY), ("a", DAY))[1] == [False, False, True]


def test_once_in_a_period_is_once() -> None:
    events = [("a", NOW), ("b", NOW), ("a", HOUR), ("b", HOUR), ("a", DAY), ("b", DAY)]

    assert collect(both(fires_once=True), *events)[1] == [False, True, False, False, False, True]


def test_a_lookback_forgets_what_is_older() -> None:
    collection = both(lookback=timedelta(minutes=90))

    assert collect(collection, ("a", NOW), ("b", 2 * HOUR), ("a", 3 * HOUR))[1] == [False, False, True]


def test_some_of_the_parts_may_be_enough() -> None:
    assert collect(both(needed=1), ("b", NOW))[1] == [True]


def test_a_period_that_saw_too_little_is_missed() -> None:
    collection = both()
    _, end = _day(NOON)
    waiting, _ = collect(collection, ("a", NOW))
    done, _ = collect(collection, ("a", NOW), ("b", NOW))

    assert collection.is_missed(None, end)
    assert collection.is_missed(waiting, end)
    assert not collection.is_missed(done, end)


def test_mappings_are_merged_at_every_depth() -> None:
    assert merged({"a": {"b": 1, "c": 1}}, {"a": {"b": 2}, "d": 3}) == {"a": {"b": 2, "c": 1}, "d": 3}
