"""How a worker ends: what still runs is left to other workers or, when its command is gone for good, ended."""

import threading
import time
from collections.abc import Callable

from celery.signals import worker_shutting_down

from celeriac_workers.slot import Slots

GRACE_S = 4.0
"""How long a worker that was told to end waits for its attempts."""
_AGAIN_S = 0.5


def end_attempts_on_shutdown(slots: Slots, is_abandoned: Callable[[], bool]) -> None:
    """To be called once, before the worker starts.

    is_abandoned: whether nobody will go on with the work; there is nothing to wait for then.
    """

    def begin(**_: object) -> None:
        threading.Thread(target=_end, args=(slots, is_abandoned), name="ending", daemon=True).start()

    worker_shutting_down.connect(begin, weak=False)


def _end(slots: Slots, is_abandoned: Callable[[], bool]) -> None:
    """Again and again: messages that were fetched before may still begin attempts."""
    if not is_abandoned():
        time.sleep(GRACE_S)
    while True:
        slots.stop_all("killed" if is_abandoned() else "lost")
        time.sleep(_AGAIN_S)
