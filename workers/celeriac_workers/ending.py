"""How a worker ends: what still runs is left to other workers or, when its command is gone for good, ended."""

import os
import threading
import time
from collections.abc import Callable

from celery.signals import worker_shutting_down

from celeriac_workers.slot import ABANDONED, Slots

GRACE_S = 4.0
"""How long a worker that was told to end waits for its attempts."""
_TICK_S = 0.05


def end_attempts_on_shutdown(slots: Slots, is_abandoned: Callable[[], bool], clean_up: Callable[[], None]) -> None:
    """To be called once, before the worker starts.

    is_abandoned: whether nobody will go on with the work. There is nothing to wait for then, and Celery, whose broker
    is gone as well, is not asked to end: the process does after `clean_up`.
    """

    def begin(**_: object) -> None:
        threading.Thread(target=_end, args=(slots, is_abandoned, clean_up), name="ending", daemon=True).start()

    worker_shutting_down.connect(begin, weak=False)


def _end(slots: Slots, is_abandoned: Callable[[], bool], clean_up: Callable[[], None]) -> None:
    """Again and again: messages that were fetched before may still begin attempts."""
    patient_until = time.monotonic() + GRACE_S
    while True:
        if is_abandoned():
            slots.stop_all(ABANDONED)
            if not slots.held():
                clean_up()
                os._exit(0)
        elif time.monotonic() > patient_until:
            slots.stop_all("lost")
        time.sleep(_TICK_S)
