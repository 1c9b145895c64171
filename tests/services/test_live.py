"""The feed of changes: what watchers get, in which order, and when the feed rests."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from celeriac.services import live
from celeriac.services.live import Document, Event, Live, WatchEnded, Watcher


class Away(Exception):
    """The database does not answer."""


@dataclass
class FakeTopic:
    """A topic that says what the test lets it say."""

    kind: str = "numbers"
    every_s: float = 0.001
    all: list[Document] = field(default_factory=lambda: [{"all": 0}])
    new: list[Document] = field(default_factory=list)
    looks: int = 0
    failures: list[Exception] = field(default_factory=list)

    def everything(self) -> list[Document]:
        return self.all

    def changes(self) -> list[Document]:
        self.looks += 1
        if self.failures:
            raise self.failures.pop()
        found, self.new = self.new, []
        return found


@pytest.fixture
def topics() -> dict[str, FakeTopic]:
    return {"a": FakeTopic(), "b": FakeTopic()}


@pytest.fixture
def feed(topics: dict[str, FakeTopic]) -> Iterator[Live]:
    feed = Live(lambda name: topics[name], (Away,), "here")
    yield feed
    feed.close()


def taken(watcher: Watcher) -> tuple[int, Any]:
    """(id, data) of the next event."""
    event = watcher.next(5.0)
    assert event is not None
    return event.id, orjson.loads(event.data)


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 5.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_watcher_gets_everything_and_then_what_changes(feed: Live, topics: dict[str, FakeTopic]) -> None:
    watcher = feed.watch(["a"])
    first = taken(watcher)
    topics["a"].new.append({"new": 1})
    second = taken(watcher)

    assert (first[1], second[1]) == ({"all": 0}, {"new": 1})
    assert first[0] < second[0]


def test_every_watcher_gets_each_change(feed: Live, topics: dict[str, FakeTopic]) -> None:
    watchers = [feed.watch(["a"]), feed.watch(["a"])]
    for watcher in watchers:
        taken(watcher)
    topics["a"].new.append({"new": 1})

    assert [taken(watcher)[1] for watcher in watchers] == [{"new": 1}, {"new": 1}]


def test_one_watcher_watches_many_topics(feed: Live) -> None:
    watcher = feed.watch(["a", "b"])

    assert [taken(watcher)[1], taken(watcher)[1]] == [{"all": 0}, {"all": 0}]


def test_who_comes_back_goes_on_behind_the_last_event(feed: Live, topics: dict[str, FakeTopic]) -> None:
    watcher = feed.watch(["a"])
    last_id, _ = taken(watcher)
    watcher.close()
    topics["a"].new += [{"new": 1}, {"new": 2}]

    again = feed.watch(["a"], last_id)

    assert [taken(again)[1], taken(again)[1]] == [{"new": 1}, {"new": 2}]


def test_who_was_away_too_long_gets_everything(
    feed: Live, topics: dict[str, FakeTopic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_KEPT_EVENTS", 2)
    watcher = feed.watch(["a"])
    last_id, _ = taken(watcher)
    topics["a"].new += [{"new": number} for number in range(5)]
    for _ in range(5):
        taken(watcher)

    assert taken(feed.watch(["a"], last_id))[1] == {"all": 0}


def test_one_that_does_not_keep_up_is_told_to_start_again(feed: Live, topics: dict[str, FakeTopic]) -> None:
    slow, quick = feed.watch(["a"]), feed.watch(["a"])
    taken(quick)
    for number in range(live.MOST_EVENTS + 5):
        topics["a"].new.append({"new": number})
        taken(quick)

    kinds = []
    while (event := slow.next(0)) is not None:
        kinds.append(event.kind)
    assert kinds[0] == "resync"
    assert len(kinds) <= live.MOST_EVENTS


def test_the_bytes_that_wait_for_a_watcher_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_BYTES", 10)
    watcher = Watcher(lambda one: None)
    for number in (1, 2):
        watcher.put(Event(number, "x", b"123456789"))

    assert [event.kind for event in (watcher.next(0), watcher.next(0)) if event] == ["resync"]


def test_nobody_looks_while_nobody_watches(feed: Live, topics: dict[str, FakeTopic]) -> None:
    watcher = feed.watch(["a"])
    taken(watcher)
    watcher.close()
    wait_for(lambda: feed.watched == 0)
    other = feed.watch(["b"])
    taken(other)
    before = topics["a"].looks
    wait_for(lambda: topics["b"].looks > 5)

    assert topics["a"].looks <= before + 1


def test_a_watcher_that_leaves_at_once_is_forgotten(feed: Live) -> None:
    for _ in range(50):
        feed.watch(["a"]).close()

    wait_for(lambda: feed.watched == 0)


def test_a_database_that_comes_back_is_looked_at_again(
    feed: Live, topics: dict[str, FakeTopic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_AWAY_S", 0.001)
    watcher = feed.watch(["a"])
    taken(watcher)
    topics["a"].failures += [Away(), ValueError("odd")]
    wait_for(lambda: not topics["a"].failures)
    topics["a"].new.append({"new": 1})

    assert taken(watcher)[1] == {"new": 1}


def test_what_is_not_there_is_told_to_who_asks(feed: Live) -> None:
    with pytest.raises(KeyError):
        feed.watch(["nope"])


def test_the_end_of_the_feed_ends_its_watchers(feed: Live) -> None:
    watcher = feed.watch(["a"])
    taken(watcher)
    threading.Timer(0.01, feed.close).start()

    with pytest.raises(WatchEnded):
        watcher.next(5.0)
    with pytest.raises(WatchEnded):
        feed.watch(["a"])
