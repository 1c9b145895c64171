"""This worker's sign of life, and what it is told in return: which of its runs must stop (engine.md §7)."""

import logging
import threading
import time
from collections.abc import Callable

from celeriac.store.worker_store import WorkerStore
from celeriac_workers.slot import DISK_FULL, Slots

BEAT_S = 1.0
SILENT_S = 8.0
_log = logging.getLogger(__name__)


class WorkerBeat(threading.Thread):
    """Raises the worker's beat; without a beat for 8 s everything here is stopped, for others will take it over.

    register: writes the worker's row, at first and after the worker was given up for lost. show_life: is called with
    each beat that succeeds.
    """

    def __init__(
        self,
        workers: WorkerStore,
        slots: Slots,
        worker_id: str,
        register: Callable[[], None],
        show_life: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="worker-beat", daemon=True)
        self._workers = workers
        self._slots = slots
        self._worker_id = worker_id
        self._register = register
        self._show_life = show_life

    def start(self) -> None:
        """The worker may claim from now on."""
        self._register()
        super().start()

    def run(self) -> None:
        """For ever; a daemon thread."""
        beaten_at = time.monotonic()
        while True:
            time.sleep(BEAT_S)
            try:
                self._beat()
            except Exception as error:  # noqa: BLE001 # the edge of one beat; without this thread nobody stops the runs
                unforeseen = None if isinstance(error, self._workers.Unavailable) else error
                _log.warning("no beat, the database is away", extra={"error": str(error)}, exc_info=unforeseen)
                if time.monotonic() - beaten_at > SILENT_S:
                    self._slots.stop_all(DISK_FULL if "disk is full" in str(error) else "lost")
                continue
            beaten_at = time.monotonic()
            self._show_life()

    def _beat(self) -> None:
        held = self._slots.held()
        known, owned = self._workers.beat(self._worker_id)
        if known:
            self._slots.compare(held, owned)
        else:
            _log.error("this worker was given up for lost")
            self._slots.stop_all("lost")
            self._register()
