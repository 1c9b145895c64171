"""Whether everything works that executions need: what Home and the probes show."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from celeriac.core.errors import StorageFailed
from celeriac.services.processes import Processes
from celeriac.services.sweeping import Queue
from celeriac.storage.internal import Storage
from celeriac.store.worker_store import WorkerRow, WorkerStore

ESSENTIAL = ("database", "broker")
"""Without these the process cannot do anything."""
WORKER_SILENT_S = 10.0
LEAST_FREE_BYTES = 500_000_000
_PROBE = "kestra:///_health/nothing"
_NEEDED = {
    "orchestrator": "executions do not go on; start one with `celeriac orchestrator`",
    "beat": "schedules do not fire; start one with `celeriac beat`",
}
"""{role: what happens without it and what to do}."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must work, and a sentence about it."""

    name: str
    ok: bool
    sentence: str


class Health:
    """Asks everybody once, in less than some seconds."""

    def __init__(
        self,
        ping: Callable[[], None],
        unavailable: tuple[type[Exception], ...],
        queue: Queue,
        storage: Callable[[], Storage],
        processes: Processes,
        workers: WorkerStore,
        disk: Path,
    ) -> None:
        """ping: asks the database, raising `unavailable` while it is away. disk: where local state is."""
        self._ping = ping
        self._unavailable = unavailable
        self._queue = queue
        self._storage = storage
        self._processes = processes
        self._workers = workers
        self._disk = disk

    def strip(self) -> list[Check]:
        """The checks, in the order in which people should look at them."""
        database = self._database()
        checks = [database, self._broker(), self._stored(), self._free()]
        return checks + (list(self._roles()) if database.ok else [])

    def workers(self) -> Sequence[WorkerRow]:
        """The living workers."""
        return self._workers.seen_within(WORKER_SILENT_S)

    def roles(self) -> Mapping[str, int]:
        """{role: its living processes}, workers too."""
        found = Counter(one.role for one in self._processes.living())
        found["worker"] = len(self.workers())
        return found

    def depths(self) -> Mapping[str, int]:
        """{queue: messages that wait}, as far as it can be known."""
        return self._queue.depths() or {}

    def _database(self) -> Check:
        started = time.monotonic()
        try:
            self._ping()
        except self._unavailable as error:
            return Check("database", False, f"the database does not answer: {str(error).partition(chr(10))[0]}")
        return Check("database", True, f"The database answers in {_ms(started)}")

    def _broker(self) -> Check:
        started = time.monotonic()
        if self._queue.incarnation() is None:
            return Check("broker", False, "the broker does not answer; nothing starts until it does")
        waiting = sum(self.depths().values())
        return Check("broker", True, f"The broker answers in {_ms(started)}, {waiting} messages wait")

    def _stored(self) -> Check:
        try:
            self._storage().exists(_PROBE)
        except StorageFailed as error:
            return Check("storage", False, str(error))
        return Check("storage", True, "The internal storage answers")

    def _free(self) -> Check:
        try:
            free = shutil.disk_usage(self._disk if self._disk.exists() else self._disk.parent).free
        except OSError as error:
            return Check("disk", False, f"{self._disk} cannot be looked at: {error.strerror}")
        shown = f"{free / 1e9:.1f} GB are free at {self._disk}"
        return Check("disk", free >= LEAST_FREE_BYTES, shown)

    def _roles(self) -> Iterator[Check]:
        living = self.roles()
        for role, consequence in _NEEDED.items():
            count = living.get(role, 0)
            yield Check(role, count > 0, _living(role, count) if count else f"No {role} lives: {consequence}")
        workers = living["worker"]
        sentence = "No worker lives: tasks wait; start one with `celeriac worker`"
        yield Check("worker", workers > 0, _living("worker", workers) if workers else sentence)


def _living(role: str, count: int) -> str:
    return f"One {role} lives" if count == 1 else f"{count} {role}s live"


def _ms(started: float) -> str:
    return f"{(time.monotonic() - started) * 1000:.0f} ms"
