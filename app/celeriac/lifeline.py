"""The child's end of its lifeline: a pipe whose other end only the supervisor holds.

A line down the pipe means "go": what all processes share (the database) is ready. The end of the pipe means that the
supervisor is gone, however it ended; the process then ends itself, and with it its process group.
"""

import os
import signal
import threading
from collections.abc import Mapping

VARIABLE = "CELERIAC_LIFELINE"
GRACE_S = 8.0


class Lifeline:
    """Watches the pipe from a daemon thread, from its construction on."""

    def __init__(self, fd: int, *, grace_s: float = GRACE_S) -> None:
        self._fd = fd
        self._grace_s = grace_s
        self._go = threading.Event()
        self._cut = threading.Event()
        threading.Thread(target=self._watch, name="lifeline", daemon=True).start()

    def wait_for_go(self, timeout_s: float | None = None) -> bool:
        """Blocks until the supervisor says that work may begin; False after the timeout."""
        return self._go.wait(timeout_s)

    @property
    def is_cut(self) -> bool:
        """True when the supervisor is gone."""
        return self._cut.is_set()

    def _watch(self) -> None:
        while _read(self._fd):
            self._go.set()
        self._cut.set()
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(self._grace_s)
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)


def attach(environ: Mapping[str, str]) -> Lifeline | None:
    """The lifeline that these variables name; None for a process that nobody supervises."""
    text = environ.get(VARIABLE, "")
    return Lifeline(int(text)) if text.isdecimal() else None


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 64)
    except OSError:
        return b""
