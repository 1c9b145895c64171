"""Containers whose worker is gone: attempts that still run are adopted, everything else is removed (engine.md §7)."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from celeriac.core.claims import Orphan
from celeriac.core.errors import RunnerFailed
from celeriac.services.attempts import Attempts, TaskRunFailed
from celeriac.store.claim_store import ClaimStore
from celeriac_workers.runners.containers import Found, list_containers, remove
from celeriac_workers.runners.docker_options import LABEL
from celeriac_workers.runners.engine import Engine

EVERY_S = 10.0
ORPHANS_S = 2.0
EXECUTION, TASK_RUN, ATTEMPT = "celeriac.execution", "celeriac.task-run", "celeriac.attempt"
_NO_ATTEMPT, _NOT_YET = "no attempt", "not yet"
_log = logging.getLogger(__name__)


class ContainerKeeper(threading.Thread):
    """A daemon thread of a worker that has a Docker engine.

    A container whose attempt does not run is removed. So is one beside another container of the same attempt, when it
    is seen for the second time: at the first time its attempt may be about to note it.
    attempts: None = nothing is adopted.
    """

    def __init__(self, engine: Engine, instance: str, cell: str, claims: ClaimStore, attempts: Attempts | None) -> None:
        super().__init__(name="containers", daemon=True)
        self._engine = engine
        self._instance = instance
        self._cell = cell
        self._claims = claims
        self._attempts = attempts
        self._suspects: set[str] = set()
        self._settled = True
        self._adopting = ThreadPoolExecutor(thread_name_prefix="adopted")

    def run(self) -> None:
        """For ever."""
        swept_at = -EVERY_S
        while True:
            self._undisturbed(self.adopt_orphans)
            if not self._settled or time.monotonic() - swept_at >= EVERY_S:
                swept_at = time.monotonic()
                self._undisturbed(self.sweep)
            time.sleep(ORPHANS_S)

    def adopt_orphans(self) -> None:
        """Goes on with attempts whose container is on this engine."""
        attempts, orphans = self._attempts, self._claims.orphans(self._cell)
        if attempts and orphans:
            here = {found.handle["container"] for found in self._containers()}
            for orphan in orphans:
                if orphan.handle.get("container") in here:
                    self._adopting.submit(self._adopt, attempts, orphan)

    def sweep(self) -> None:
        """Removes containers that belong to no running attempt."""
        suspects: set[str] = set()
        self._settled = True
        for found, noted in self._with_attempts():
            container = str(found.handle["container"])
            if noted is _NOT_YET:
                self._settled = False
            elif noted is _NO_ATTEMPT or (noted != container and container in self._suspects):
                _log.info("container removed", extra={"container": container[:12]})
                remove(self._engine, found.handle)
            elif noted != container:
                suspects.add(container)
        self._settled &= not suspects
        self._suspects = suspects

    def sweep_again(self) -> None:
        """For the end of the worker: looks once more when the last look has left something open."""
        if not self._settled:
            self._undisturbed(self.sweep)

    def _undisturbed(self, look: Callable[[], None]) -> None:
        try:
            look()
        except RunnerFailed as error:
            _log.warning("containers not looked through", extra={"error": str(error)})
        except self._claims.Unavailable as error:
            _log.warning("containers not looked through, the database is away", extra={"error": str(error)})

    def _with_attempts(self) -> Iterator[tuple[Found, str]]:
        """Each container that nobody wants to be kept, and which one its attempt has noted."""
        running: dict[str, dict[tuple[str, str], str | None]] = {}
        for found in self._containers():
            execution_id = found.labels.get(EXECUTION, "")
            if found.is_kept:
                continue
            if execution_id not in running:
                running[execution_id] = self._claims.running(execution_id)
            attempt = (found.labels.get(TASK_RUN, ""), found.labels.get(ATTEMPT, ""))
            yield found, running[execution_id].get(attempt, _NO_ATTEMPT) or _NOT_YET

    def _adopt(self, attempts: Attempts, orphan: Orphan) -> None:
        _log.info(
            "attempt adopted",
            extra={"execution_id": orphan.execution_id, "container": str(orphan.handle["container"])[:12]},
        )
        try:
            attempts.adopt(orphan)
        except TaskRunFailed:
            return

    def _containers(self) -> list[Found]:
        return list_containers(self._engine, {LABEL: self._instance})
