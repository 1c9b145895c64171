"""A child process made by fork: it shares what this process has imported and is at work at once.

Importing what a role needs takes a second of processor time; three roles and the command itself would not start within
the time that people wait. Only for a process without threads and connections, so never for a restart.
"""

import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from multiprocessing.context import ForkProcess

from setproctitle import getproctitle

IS_SAFE = sys.platform == "linux"
"""Elsewhere system libraries do not survive a fork."""

_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Forked:
    """What the supervisor needs of a process, as `subprocess.Popen` offers it."""

    def __init__(self, process: ForkProcess) -> None:
        self._process = process
        assert process.pid is not None
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        """As Popen: None while it runs, negative = the signal."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The return code, None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Blocks until it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Does nothing when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def fork(main: Callable[[], None], environ: Mapping[str, str], output_fd: int, kept_fds: Sequence[int]) -> Forked:
    """Runs `main` in a new process and session: environment, output and open files as given, signals as at birth."""
    process = multiprocessing.get_context("fork").Process(
        target=_child, args=(main, dict(environ), output_fd, tuple(kept_fds))
    )
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
    return Forked(process)


def module_main(module: str, *argv: str) -> Callable[[], None]:
    """What `python -m module argv…` does."""

    def main() -> None:
        sys.argv = [module, *argv]
        runpy.run_module(module, run_name="__main__", alter_sys=True)

    return main


def _child(main: Callable[[], None], environ: dict[str, str], output_fd: int, kept_fds: tuple[int, ...]) -> None:
    getproctitle()  # finds the title's place, which it cannot once the environment has moved
    os.setsid()
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    _close_all_but({0, 1, 2, *kept_fds})
    for number in _HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
    os.environ.clear()
    os.environ.update(environ)
    main()


def _close_all_but(kept: set[int]) -> None:
    """An empty range must not reach os.closerange: it would close everything (seen in CPython 3.11)."""
    bounds = [-1, *sorted(kept), os.sysconf("SC_OPEN_MAX")]
    for before, after in pairwise(bounds):
        if before + 1 < after:
            os.closerange(before + 1, after)
