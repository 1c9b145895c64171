"""The sweeper beside the orchestrator, and the like: a thread of its process, which ends with it."""

import logging
import os
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
Sweep = Callable[[Callable[[float], bool]], None]
"""Sweeps until what it is given, which waits so many seconds, is true."""


def start_sweeping(sweep: Sweep, name: str = "sweeper") -> Callable[[], None]:
    """Returns what ends it. Should it end by a bug the process ends with it, to be made anew."""
    stop = threading.Event()

    def run() -> None:
        try:
            sweep(stop.wait)
        except Exception:  # noqa: BLE001 # the edge of the thread
            _log.critical("a thread ended", exc_info=True, extra={"thread": name})
            os._exit(1)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(timeout=2)

    return end
