"""The feed of changes: one thread of a process looks into the database, only for what somebody watches.

Each watcher has a bounded queue. One that does not keep up is told to start again (`resync`) instead of costing memory.
Events have rising ids; a watcher that comes back with the last one it has seen goes on from there, if the feed still
knows what came after, and otherwise gets everything anew.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

Document = dict[str, Any]

MOST_EVENTS, MOST_BYTES = 200, 4_000_000
"""Of a watcher's queue."""
_KEPT_EVENTS, _KEPT_S = 100, 60.0
_BUSY = 3.0
"""For each second of looking the feed rests so many, however much is watched."""
_AWAY_S = 2.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """id: rising, 0 = none. kind: `execution`, `logs`, `executions`, `flows`, or `resync`. data: JSON."""

    id: int
    kind: str
    data: bytes


class Topic(Protocol):
    """Something that can be watched. kind: of its events. Both methods read the database."""

    kind: str
    every_s: float

    def everything(self) -> list[Document]:
        """What somebody must know who has not watched before."""
        ...

    def changes(self) -> list[Document]:
        """What has changed since the last call."""
        ...


class Watcher:
    """One who watches topics. Its events are taken out by `next`, in another thread."""

    def __init__(self, leave: Callable[["Watcher"], None], topics: int = 0) -> None:
        self._leave = leave
        self._awaited = topics
        self._ready = threading.Condition()
        self._events: deque[Event] = deque()
        self._bytes = 0
        self._is_closed = False
        self.has_left = False

    def welcomed(self, timeout_s: float) -> bool:
        """Waits until no change of its topics will be missed any more; False when that takes longer."""
        with self._ready:
            return self._ready.wait_for(lambda: self._awaited <= 0 or self._is_closed, timeout_s)

    def welcome(self, events: Iterable[Event]) -> None:
        """What it must know of one of its topics, before it gets changes."""
        for event in events:
            self.put(event)
        with self._ready:
            self._awaited -= 1
            self._ready.notify()

    def next(self, timeout_s: float) -> Event | None:
        """The next event, None when there was none for so long. Raises: WatchEnded."""
        with self._ready:
            self._ready.wait_for(lambda: self._events or self._is_closed, timeout_s)
            if self._is_closed:
                raise WatchEnded
            if not self._events:
                return None
            event = self._events.popleft()
            self._bytes -= len(event.data)
            return event

    def drain(self) -> None:
        """Drops what waits: who asks is about to read everything."""
        with self._ready:
            self._events.clear()
            self._bytes = 0

    def put(self, event: Event) -> None:
        """One more event; when there are too many, `resync` stands for all."""
        with self._ready:
            is_full = len(self._events) >= MOST_EVENTS or self._bytes + len(event.data) > MOST_BYTES
            if is_full and self._events:
                self._events.clear()
                self._bytes = 0
                event = Event(event.id, "resync", b"{}")
            self._events.append(event)
            self._bytes += len(event.data)
            self._ready.notify()

    def end(self) -> None:
        """Tells who takes the events that there will be no more."""
        with self._ready:
            self._is_closed = True
            self._ready.notify()

    def close(self) -> None:
        """Watches no more."""
        self._leave(self)


class WatchEnded(Exception):
    """The server ends."""


@dataclass(slots=True)
class _Watch:
    topic: Topic
    watchers: set[Watcher] = field(default_factory=set)
    fresh: list[tuple[Watcher, int]] = field(default_factory=list)
    kept: deque[Event] = field(default_factory=lambda: deque(maxlen=_KEPT_EVENTS))
    known_from: int = 0
    due_at: float = 0.0
    left_at: float = 0.0


class Live:
    """Watches topics for watchers. make: the topic of a name; raises what is to be told to who asks.

    instance: no other feed has it; ids of events mean nothing to another.
    """

    def __init__(self, make: Callable[[str], Topic], unavailable: tuple[type[Exception], ...], instance: str) -> None:
        self.instance = instance
        self._make = make
        self._unavailable = unavailable
        self._lock = threading.Condition()
        self._watches: dict[str, _Watch] = {}
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._last_id = 0

    @property
    def watched(self) -> int:
        """How many topics somebody watches now."""
        with self._lock:
            return sum(bool(one.watchers or one.fresh) for one in self._watches.values())

    def watch(self, names: Iterable[str], last_id: int = 0) -> Watcher:
        """Watches topics from now on, or from behind the event `last_id`. Raises what `make` raises; WatchEnded."""
        topics = {name: self._make(name) for name in dict.fromkeys(names)}
        watcher = Watcher(self._forget, len(topics))
        with self._lock:
            if self._is_closed:
                raise WatchEnded
            for name, topic in topics.items():
                watch = self._watches.setdefault(name, _Watch(topic))
                watch.fresh.append((watcher, last_id))
                watch.due_at = 0.0
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
            self._lock.notify()
        return watcher

    def close(self) -> None:
        """Ends every watch."""
        with self._lock:
            self._is_closed = True
            everybody = {one for watch in self._watches.values() for one in self._of(watch)}
            self._lock.notify()
        for watcher in everybody:
            watcher.end()

    @staticmethod
    def _of(watch: _Watch) -> set[Watcher]:
        return watch.watchers | {one for one, _ in watch.fresh}

    def _forget(self, watcher: Watcher) -> None:
        with self._lock:
            watcher.has_left = True
            for watch in self._watches.values():
                watch.watchers.discard(watcher)
                watch.fresh = [one for one in watch.fresh if one[0] is not watcher]
                if not watch.watchers and not watch.fresh:
                    watch.left_at = watch.left_at or time.monotonic()

    def _run(self) -> None:
        while True:
            due = self._wait_for_due()
            if due is None:
                return
            begun = time.monotonic()
            for watch in due:
                self._look(watch)
            rest_s = _BUSY * (time.monotonic() - begun)
            with self._lock:
                self._lock.wait_for(lambda: self._is_closed, rest_s)

    def _wait_for_due(self) -> list[_Watch] | None:
        """The watches to look at now; None = the end. Waits without looking while nobody watches."""
        with self._lock:
            while not self._is_closed:
                now = time.monotonic()
                self._drop_left(now)
                due = [watch for watch in self._watches.values() if self._of(watch) and watch.due_at <= now]
                if due:
                    return due
                self._lock.wait(self._until_due())
            return None

    def _drop_left(self, now: float) -> None:
        for name, watch in list(self._watches.items()):
            if self._of(watch):
                watch.left_at = 0.0
            elif watch.left_at and now - watch.left_at > _KEPT_S:
                del self._watches[name]

    def _until_due(self) -> float | None:
        """Seconds until the next look; None = nobody watches."""
        due = [watch.due_at for watch in self._watches.values() if self._of(watch)]
        return min(due) - time.monotonic() if due else None

    def _look(self, watch: _Watch) -> None:
        """The edge of the feed: one topic that fails is not the end of the others."""
        begun = time.monotonic()
        with self._lock:
            fresh, watch.fresh = watch.fresh, []
        try:
            self._tell_changes(watch)
            for watcher, last_id in fresh:
                self._welcome(watch, watcher, last_id)
        except self._unavailable:
            self._again(watch, fresh)
            return
        except Exception:  # noqa: BLE001 # the edge of the feed
            _log.exception("cannot look at what is watched", extra={"topic": watch.topic.kind})
            self._again(watch, fresh)
            return
        watch.due_at = time.monotonic() + max(watch.topic.every_s, 10 * (time.monotonic() - begun))

    def _again(self, watch: _Watch, fresh: list[tuple[Watcher, int]]) -> None:
        with self._lock:
            watch.fresh = [one for one in fresh if one[0] not in watch.watchers] + watch.fresh
            watch.due_at = time.monotonic() + _AWAY_S

    def _tell_changes(self, watch: _Watch) -> None:
        if watch.known_from == 0:
            return
        for document in watch.topic.changes():
            event = self._event(watch.topic.kind, document)
            if len(watch.kept) == _KEPT_EVENTS:
                watch.known_from = watch.kept[0].id
            watch.kept.append(event)
            for watcher in tuple(watch.watchers):
                watcher.put(event)

    def _welcome(self, watch: _Watch, watcher: Watcher, last_id: int) -> None:
        if watch.known_from and last_id >= watch.known_from:
            events = [event for event in watch.kept if event.id > last_id]
        else:
            watch.known_from = watch.known_from or self._next_id()
            events = [self._event(watch.topic.kind, document) for document in watch.topic.everything()]
        with self._lock:
            if watcher.has_left:
                return
            watch.watchers.add(watcher)
        watcher.welcome(events)

    def _event(self, kind: str, document: Mapping[str, Any]) -> Event:
        return Event(self._next_id(), kind, orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS, default=str))

    def _next_id(self) -> int:
        """Also behind those of an earlier process."""
        self._last_id = max(self._last_id + 1, time.time_ns() // 1_000)
        return self._last_id
