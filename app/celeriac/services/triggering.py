"""What a beat does beside ringing: finds dates that have come, events nobody has heard, flows that were saved."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from celeriac.services.alarms import Alarms
from celeriac.services.flow_triggers import FlowTriggers
from celeriac.services.scheduling import Scheduling
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_sync import TriggerSync
from celeriac.store.trigger_store import Key, TriggerStore

TICK_S = 1.0
BUSY_S = 0.1
LATE_US = 700_000
"""A date is left so long to those who hear the alarm."""
SYNC_S = 2.0
RESTORE_S = 60.0
_log = logging.getLogger(__name__)


@dataclass
class Triggering:
    """One round after the other. Several may run at once; none is needed for what an alarm or a hint has done."""

    store: TriggerStore
    sync: TriggerSync
    scheduling: Scheduling
    flow_triggers: FlowTriggers
    alarms: Alarms
    around: Surroundings
    monotonic: Callable[[], float] = time.monotonic
    _next_sync: float = 0.0
    _next_restore: float = 0.0

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Until `stopped(seconds)`, which waits that long, is true."""
        wait_s = TICK_S
        while not stopped(wait_s):
            wait_s = TICK_S
            try:
                wait_s = BUSY_S if self.step() else TICK_S
            except self.store.Unavailable as error:
                _log.warning("triggers put off, the database is away", extra={"error": str(error)})

    def step(self) -> bool:
        """What is due now. True when some dates have been made up for: more may wait for the end of these."""
        now = self.monotonic()
        if now >= self._next_sync:
            self._next_sync = now + SYNC_S
            self.sync.sync_all()
        due = self.store.due(self.around.now_us() - LATE_US)
        for key in due:
            self._deal_with(key)
        self.flow_triggers.hear()
        if now >= self._next_restore or self.alarms.has_forgotten():
            self._next_restore = now + RESTORE_S
            self.sync.restore_alarms()
        return bool(due)

    def _deal_with(self, key: Key) -> None:
        """A trigger that raises does not keep the others waiting."""
        try:
            self.scheduling.fire(*key)
            self.flow_triggers.ring(key)
        except self.store.Unavailable:
            raise
        except Exception:  # noqa: BLE001 # the edge of the work on one trigger
            _log.exception("a trigger could not be dealt with", extra={"trigger": "/".join(key)})
