"""All processes below some, also those of other sessions, as they were at one moment."""

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Descendants:
    """Processes that are to end. Zombies count as ended: who must bury them is not our affair."""

    processes: tuple[psutil.Process, ...]

    @staticmethod
    def of(pids: Iterable[int]) -> "Descendants":
        """Those that live now below these processes, and they themselves."""
        found: list[psutil.Process] = []
        for pid in pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                found += [process, *process.children(recursive=True)]
        return Descendants(tuple(found))

    def end(self, grace_s: float) -> None:
        """Waits until all have ended by themselves; kills those that have not in time."""
        if not self._wait(grace_s):
            for process in self.processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self._wait(1.0)

    def _wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while any(_lives(process) for process in self.processes):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
