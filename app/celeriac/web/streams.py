"""Answers that stay open: server-sent events, and those that wait for an execution. Only so many at once.

Each holds one thread of the server; what is over the limit is told to come again, so that other requests have threads.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import ServiceUnavailable

HEARTBEAT_S = 10.0
LONGEST_S = 600.0
"""After so long a stream asks its client to come again."""
RETRY_MS = 3000
RETRY_AFTER_S = 5
THREADS = 512
"""Of the server: each stream holds one."""
SHARE = 0.7
"""Of the threads that streams may hold."""


class Closable(Protocol):
    """What a stream holds while it is open."""

    def close(self) -> None: ...


Source = TypeVar("Source", bound=Closable)


class TooManyStreams(ServiceUnavailable):
    """As many streams are open as the server has threads for."""

    description = "Too many streams are open; ask again in a moment, or poll"

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_AFTER_S)


class Streams:
    """Counts what is open."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._open = 0

    @property
    def open(self) -> int:
        """How many are open now."""
        return self._open

    def enter(self) -> None:
        """Opens one. Raises: TooManyStreams."""
        with self._lock:
            if self._open >= self.limit:
                raise TooManyStreams
            self._open += 1

    def leave(self) -> None:
        """Closes one."""
        with self._lock:
            self._open -= 1

    @contextmanager
    def one(self) -> Iterator[None]:
        """One is open in the block. Raises: TooManyStreams."""
        self.enter()
        try:
            yield
        finally:
            self.leave()


def register_streams(flask: Flask, threads: int) -> None:
    """Lets streams have their share of the threads."""
    flask.extensions["celeriac.streams"] = Streams(int(threads * SHARE))


def streams() -> Streams:
    """Those of the present application."""
    found: Streams = current_app.extensions["celeriac.streams"]
    return found


def event_stream(watch: Callable[[], Source], events: Callable[[Source], Iterator[bytes]]) -> Response:
    """An answer of server-sent events. watch: opens what they come from, which is closed with the answer.

    Raises: TooManyStreams, what `watch` raises.
    """
    counter = streams()
    counter.enter()
    try:
        source = watch()
    except BaseException:
        counter.leave()
        raise
    counted = _Counted(counter, source, events(source))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = Response(counted, headers=headers, mimetype="text/event-stream")
    response.call_on_close(counted.close)
    return response


def frame(data: bytes, *, event: str = "", event_id: str = "") -> bytes:
    """One event; data is JSON, which has no line ends."""
    head = f"id: {event_id}\n" * bool(event_id) + f"event: {event}\n" * bool(event)
    return head.encode() + b"data: " + data + b"\n\n"


def client_is_gone() -> Callable[[], bool]:
    """Says whether the client of the present request has closed its connection.

    Writing alone finds out only the second time: the first bytes go to a peer that answers with a reset.
    """
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    return lambda: connection is not None and _has_ended(connection)


def _has_ended(connection: Any) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"")
    except (BlockingIOError, InterruptedError):
        return False
    except ValueError:
        return False
    except OSError:
        return True


class _Counted:
    """Counts a stream until it is closed, once, even when nothing was ever taken from it."""

    def __init__(self, counter: Streams, source: Closable, events: Iterator[bytes]) -> None:
        self._counter = counter
        self._source = source
        self._events = events
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._source.close()
            self._counter.leave()
