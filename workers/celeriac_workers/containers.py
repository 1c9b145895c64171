"""Containers whose worker is gone: attempts that still run are adopted, everything else is removed (engine.md §7)."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from celeriac.core.errors import RunnerFailed
from celeriac.services.attempts import Attempts, TaskRunFailed
from celeriac.store.claim_store import ClaimStore, Orphan
from celeriac_workers.runners.containers import Found, list_containers, remove
from celeriac_workers.runners.docker_options import LABEL
from celeriac_workers.runners.engine import Engine

EVERY_S = 10.0
ORPHANS_S = 2.0
EXECUTION_LABEL = "celeriac.execution"
_log = logging.getLogger(__name__)


class ContainerKeeper(threading.Thread):
    """A daemon thread of a worker that has a Docker engine.

    A container without a running attempt is removed the second time it is seen: the first time its attempt may be about
    to commit it.
    """

    def __init__(self, engine: Engine, instance: str, cell: str, claims: ClaimStore, attempts: Attempts) -> None:
        super().__init__(name="containers", daemon=True)
        self._engine = engine
        self._instance = instance
        self._cell = cell
        self._claims = claims
        self._attempts = attempts
        self._suspects: set[str] = set()
        self._adopting = ThreadPoolExecutor(thread_name_prefix="adopted")

    def run(self) -> None:
        """For ever."""
        swept_at = -EVERY_S
        while True:
            try:
                self.adopt_orphans()
                if time.monotonic() - swept_at >= EVERY_S:
                    swept_at = time.monotonic()
                    self.sweep()
            except RunnerFailed as error:
                _log.warning("containers not looked through", extra={"error": str(error)})
            except self._claims.Unavailable as error:
                _log.warning("containers not looked through, the database is away", extra={"error": str(error)})
            time.sleep(ORPHANS_S)

    def adopt_orphans(self) -> None:
        """Goes on with attempts whose container is on this engine."""
        orphans = self._claims.orphans(self._cell)
        if orphans:
            here = {found.handle["container"] for found in self._containers()}
            for orphan in orphans:
                if orphan.handle.get("container") in here:
                    self._adopting.submit(self._adopt, orphan)

    def sweep(self) -> None:
        """Removes containers that belong to no running attempt."""
        wanted: dict[str, set[str]] = {}
        strangers: dict[str, Found] = {}
        for found in self._containers():
            execution_id = found.labels.get(EXECUTION_LABEL, "")
            if execution_id not in wanted:
                wanted[execution_id] = self._claims.containers(execution_id)
            if found.handle["container"] not in wanted[execution_id]:
                strangers[str(found.handle["container"])] = found
        for container in strangers.keys() & self._suspects:
            _log.info("container removed", extra={"container": container[:12]})
            remove(self._engine, strangers[container].handle)
        self._suspects = set(strangers)

    def _adopt(self, orphan: Orphan) -> None:
        _log.info(
            "attempt adopted",
            extra={"execution_id": orphan.execution_id, "container": str(orphan.handle["container"])[:12]},
        )
        try:
            self._attempts.adopt(orphan)
        except TaskRunFailed:
            return

    def _containers(self) -> list[Found]:
        return list_containers(self._engine, {LABEL: self._instance})
