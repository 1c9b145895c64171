"""Blocking streams, consumed so that the consumer can look up now and then."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_TICK_S = 0.1
_AHEAD = 32


def polled(items: Iterable[T], look: Callable[[], None]) -> Iterator[T]:
    """The items, read by a thread; `look` is called every 100 ms or so, also while none comes. Few are held at a time.

    Errors of `items` and of `look` are raised here. A thread that still waits for an item ends with its next one.
    """
    box: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(_AHEAD)
    given_up = threading.Event()
    threading.Thread(target=_read, args=(items, box, given_up), name="stream", daemon=True).start()
    next_look = 0.0
    try:
        while True:
            if (now := time.monotonic()) >= next_look:
                look()
                next_look = now + _TICK_S
            try:
                item = box.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        given_up.set()


def _read(items: Iterable[T], box: "queue.Queue[tuple[T] | BaseException | None]", given_up: threading.Event) -> None:
    last: BaseException | None = None
    try:
        for item in items:
            if not _put(box, (item,), given_up):
                return
    except BaseException as error:  # noqa: BLE001 # raised again in the consumer
        last = error
    _put(box, last, given_up)


def _put(box: "queue.Queue[T]", item: T, given_up: threading.Event) -> bool:
    while not given_up.is_set():
        try:
            box.put(item, timeout=1)
        except queue.Full:
            continue
        return True
    return False
