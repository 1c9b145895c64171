"""Whether a worker has ended, seen from its own machine: sooner than its missing beats tell."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import psutil

_GUARD = "celeriac-guard"


def this_machine() -> str:
    """Names the machine (and the container on it) whose process ids this process sees."""
    space = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()}/{space.stat().st_ino if space.exists() else 0}"


def guard_name() -> str:
    """What the guards of the scripts of this worker are called (`$0`): they live as long as what they guard."""
    return f"{_GUARD}-{os.getpid()}"


def is_gone(machine: str, pid: int) -> bool:
    """True when the worker and all its scripts are known to have ended; False also for workers of other machines."""
    return machine == this_machine() and not _is_living(pid) and not _is_guarded(f"{_GUARD}-{pid}")


def _is_living(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_guarded(name: str) -> bool:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if name in process.cmdline():
                return True
    return False
