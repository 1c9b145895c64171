"""The sweeper beside the orchestrator: a thread of its process, which ends with it."""

import logging
import os
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
Sweep = Callable[[Callable[[float], bool]], None]
"""Sweeps until what it is given, which waits so many seconds, is true."""


def start_sweeping(sweep: Sweep) -> Callable[[], None]:
    """Returns what ends the sweeper. Should it end by a bug the process ends with it, to be made anew."""
    stop = threading.Event()

    def run() -> None:
        try:
            sweep(stop.wait)
        except Exception:  # noqa: BLE001 # the edge of the thread
            _log.critical("the sweeper ended", exc_info=True)
            os._exit(1)

    thread = threading.Thread(target=run, name="sweeper", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(timeout=2)

    return end
