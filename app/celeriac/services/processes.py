"""The signs of life of the roles but worker, which has a beat of its own: who lives, for people to see."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from celeriac.store.process_store import ProcessRow, ProcessStore

BEAT_S = 10.0
SILENT_S = 25.0
"""A process that was not seen for so long does not live."""
_log = logging.getLogger(__name__)


def _nothing() -> Mapping[str, Any]:
    return {}


class Processes:
    """Who lives. alive_file: see Settings."""

    def __init__(self, store: ProcessStore, cell: str, alive_file: Path | None = None) -> None:
        self._store = store
        self._cell = cell
        self._alive_file = alive_file

    def living(self) -> list[ProcessRow]:
        """Every process that has been seen lately, of every machine and cell."""
        return self._store.seen_within(SILENT_S)

    def heartbeat(self, role: str, detail: Callable[[], Mapping[str, Any]] = _nothing) -> "Heartbeat":
        """The heartbeat of this process, to be started. detail: what it tells about itself, asked at each beat."""
        return Heartbeat(self._store, role, self._cell, detail, self.show_life)

    def show_life(self) -> None:
        """Touches the file that health checks look at; where it cannot be touched they will tell."""
        if self._alive_file is not None:
            with suppress(OSError):
                self._alive_file.touch()


class Heartbeat:
    """Beats from a daemon thread between `start` and `stop`; as a `with` block, while that runs.

    To be started in the process that it is of, after its forks.
    """

    def __init__(
        self,
        store: ProcessStore,
        role: str,
        cell: str,
        detail: Callable[[], Mapping[str, Any]],
        show_life: Callable[[], None],
    ) -> None:
        self._store = store
        self._role = role
        self._cell = cell
        self._detail = detail
        self._show_life = show_life
        self._id = ""
        self._wake = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> "Heartbeat":
        """The first beat is at once."""
        self._id = f"{self._role}-{os.getpid()}-{secrets.token_hex(8)}"
        self._thread.start()
        return self

    def beat_now(self) -> None:
        """What it tells about itself has changed."""
        self._wake.set()

    def stop(self) -> None:
        """Takes the row away; without a database it is forgotten in a minute."""
        self._ends.set()
        self._wake.set()
        self._thread.join(timeout=2)

    def __enter__(self) -> "Heartbeat":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._ends.is_set():
            self._try(self._beat)
            self._wake.wait(BEAT_S)
            self._wake.clear()
        self._try(lambda: self._store.remove(self._id))

    def _beat(self) -> None:
        host = socket.gethostname()
        self._store.beat(self._id, self._role, self._cell, host, os.getpid(), self._detail())
        self._show_life()

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except self._store.Unavailable as error:
            _log.warning("no heartbeat, the database is away", extra={"error": str(error)})
        except Exception:  # noqa: BLE001 # the edge of one beat: the next one may succeed
            _log.exception("no heartbeat")
