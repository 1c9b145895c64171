"""Ends a worker's scripts when the worker is gone, however it ended (engine.md §7).

One guard per worker, a few lines of shell that read a pipe whose other end only the worker holds. When that ends, the
guard finds the scripts by a variable that they all carry in their environment, children of other sessions too: TERM to
them and their groups, after the grace period KILL; it ends last of all. A guard for each script would cost as much as
an empty script itself, 0.8 ms.
"""

import os
import secrets
import subprocess
import threading
from functools import cache

from celeriac.services.worker_life import guard_name

VARIABLE = "GUARDED_BY_CELERIAC"
_SCRIPT = """
trap '' TERM INT HUP
read -r _
scripts() {
  for found in $(grep -lzxF "$1" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${found#/proc/}
    echo "${pid%/environ}"
  done
}
signal() { for pid in $(scripts "$2"); do kill -s "$1" -- "-$pid" "$pid"; done 2>/dev/null; }
signal TERM "$1"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ -n "$(scripts "$1")" ] || exit 0
  sleep 0.1
done
while [ -n "$(scripts "$1")" ]; do
  signal KILL "$1"
  sleep 0.05
done
"""


class Guard:
    """The guard of this process: `mark` is what its scripts carry."""

    def __init__(self) -> None:
        self.mark = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def keep(self) -> None:
        """Starts the guard, or starts it anew should it have been killed. Raises: OSError."""
        with self._starting:
            if self._process is not None and self._process.poll() is None:
                return
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, guard_name(), f"{VARIABLE}={self.mark}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )


def guard_of_this_process() -> Guard:
    """The same for every script of a process; another one after a fork."""
    return _guard_of(os.getpid())


@cache
def _guard_of(pid: int) -> Guard:
    return Guard()
