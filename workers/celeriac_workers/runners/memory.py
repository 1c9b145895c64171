"""Peak memory of a process and its descendants, as far as the system tells it."""

import resource
import sys
from pathlib import Path

_PROC = Path("/proc")


class PeakMemory:
    """Largest resident set seen among a process and its descendants.

    `wait4` alone is no answer: a child that the worker starts inherits the worker's own peak (measured: 11 MB for
    an empty shell script under a small Python). So it is believed only above the worker's peak; below, what the samples
    saw counts. Each process knows its own peak, so a sample misses only what grows after the last one.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seen = 0

    def sample(self) -> None:
        """Looks once; costs about 0.1 ms."""
        self._seen = max(self._seen, _peak_bytes(self._pid))

    def bytes(self, usage: resource.struct_rusage) -> int | None:
        """The peak, given what `wait4` said; None = not known."""
        unit = 1 if sys.platform == "darwin" else 1024
        waited = usage.ru_maxrss * unit
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        return max(waited if waited > own else 0, self._seen) or None


def _peak_bytes(pid: int) -> int:
    try:
        status = (_PROC / str(pid) / "status").read_bytes()
        children = (_PROC / str(pid) / "task" / str(pid) / "children").read_bytes().split()
    except OSError:
        return 0
    return max(_high_water_bytes(status), *(_peak_bytes(int(child)) for child in children), 0)


def _high_water_bytes(status: bytes) -> int:
    _, found, rest = status.partition(b"VmHWM:")
    return int(rest.split(None, 1)[0]) * 1024 if found else 0
