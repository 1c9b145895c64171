"""Executions that producers ask for on the Redis stream `celeriac.submit`.

A consumer group hands every entry to one listener; what a dead one has not acknowledged, another takes over.
An entry is removed once it is acknowledged: the stream is a queue, not a history.
"""

import logging
import os
import socket
import threading
from collections.abc import Mapping

import orjson
import redis

from celeriac.dispatch.app import SUBMIT, SUBMIT_DEAD
from celeriac.services.submissions import SubmissionRefused, Submissions

GROUP = "celeriac"
DOCUMENT_FIELDS = ("data", "body", "message", "payload", "json")
"""An entry with one field of such a name holds the whole message in it; otherwise each property is a field."""
DEAD_KEPT = 10_000
"""Entries that the stream of dead letters keeps at least; the table keeps all."""
_JSON_FIELDS = ("inputs", "labels", "revision")
_BLOCK_MS = 3000
_IDLE_MS = 30_000
_AT_ONCE = 50
_PAUSE_S = 2.0
_log = logging.getLogger(__name__)

Entry = tuple[bytes, Mapping[bytes, bytes] | None]


class RedisStream:
    """Reads the stream until it is stopped. Several listeners may read it at once."""

    def __init__(self, url: str, submissions: Submissions, *, stream: str = SUBMIT, dead: str = SUBMIT_DEAD) -> None:
        self.source = f"redis {stream}"
        self._redis = redis.Redis.from_url(url, socket_timeout=30, socket_connect_timeout=5, health_check_interval=25)
        self._submissions = submissions
        self._stream = stream
        self._dead = dead
        self._consumer = f"{socket.gethostname()}-{os.getpid()}"

    def run(self, stop: threading.Event) -> None:
        """Raises nothing: what goes wrong is logged, then it begins again."""
        while not stop.is_set():
            try:
                self._make_group()
                while not stop.is_set():
                    self._take_over()
                    self._read(stop)
            except (redis.RedisError, OSError, *self._submissions.dead_letters.Unavailable) as error:
                _log.warning("source put off", extra={"source": self.source, "error": str(error)})
                stop.wait(_PAUSE_S)

    def _make_group(self) -> None:
        try:
            self._redis.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _take_over(self) -> None:
        """What this listener left behind when the database was away, and what others that are gone have."""
        start = b"0-0"
        while True:
            start, entries, *_ = self._redis.xautoclaim(
                self._stream, GROUP, self._consumer, min_idle_time=_IDLE_MS, start_id=start, count=_AT_ONCE
            )
            self._handle(entries)
            if start == b"0-0":
                return

    def _read(self, stop: threading.Event) -> None:
        own = self._redis.xreadgroup(GROUP, self._consumer, {self._stream: "0"}, count=_AT_ONCE)
        while not stop.is_set() and (entries := _entries(own)):
            self._handle(entries)
            own = self._redis.xreadgroup(GROUP, self._consumer, {self._stream: "0"}, count=_AT_ONCE)
        fresh = self._redis.xreadgroup(GROUP, self._consumer, {self._stream: ">"}, count=_AT_ONCE, block=_BLOCK_MS)
        self._handle(_entries(fresh))

    def _handle(self, entries: list[Entry]) -> None:
        for entry_id, fields in entries:
            if fields:
                self._accept(entry_id, fields)
            else:
                self._redis.xack(self._stream, GROUP, entry_id)

    def _accept(self, entry_id: bytes, fields: Mapping[bytes, bytes]) -> None:
        """Acknowledged when the execution, or the dead letter, is committed."""
        body = message_of(fields)
        pipeline = self._redis.pipeline(transaction=True)
        try:
            self._submissions.accept(self.source, body, message_id=entry_id.decode())
        except SubmissionRefused as error:
            pipeline.xadd(
                self._dead,
                {"data": body, "reason": str(error), "entry": entry_id},
                maxlen=DEAD_KEPT,
                approximate=True,
            )
        pipeline.xack(self._stream, GROUP, entry_id)
        pipeline.xdel(self._stream, entry_id)
        pipeline.execute()


def message_of(fields: Mapping[bytes, bytes]) -> bytes:
    """The JSON text that the fields of an entry mean."""
    if len(fields) == 1:
        ((name, value),) = fields.items()
        if name.decode(errors="replace") in DOCUMENT_FIELDS:
            return value
    return orjson.dumps(
        {name.decode(errors="replace"): _value(name.decode(errors="replace"), value) for name, value in fields.items()}
    )


def _value(name: str, value: bytes) -> object:
    text = value.decode("utf-8", errors="replace")
    if name not in _JSON_FIELDS:
        return text
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return text


def _entries(reply: object) -> list[Entry]:
    """XREADGROUP's reply: a list of pairs (RESP2) or a mapping (RESP3)."""
    if isinstance(reply, Mapping):
        found = [entry for lists in reply.values() for entries in lists for entry in entries]
    else:
        found = [entry for _, entries in reply or [] for entry in entries]  # type: ignore[attr-defined] # RESP2's pairs
    return found
