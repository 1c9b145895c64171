"""Blocking streams, consumed so that the consumer can look up now and then."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_TICK_S = 0.1
_AHEAD = 32


def polled(look: Callable[[], None], *streams: Iterable[T]) -> Iterator[T]:
    """The items of all streams as they come, each read by a thread; few are held at a time.

    `look` is called every 100 ms or so, also while none comes. Its errors and those of the streams are raised here.
    A thread that still waits for an item ends with its next one.
    """
    box: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(_AHEAD)
    given_up = threading.Event()
    for stream in streams:
        threading.Thread(target=_read, args=(stream, box, given_up), name="stream", daemon=True).start()
    open_streams = len(streams)
    next_look = 0.0
    try:
        while open_streams:
            if (now := time.monotonic()) >= next_look:
                look()
                next_look = now + _TICK_S
            try:
                item = box.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            if item is None:
                open_streams -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
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
