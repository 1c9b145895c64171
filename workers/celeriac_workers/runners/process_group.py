"""A command as a process group that cannot outlive its worker: what it leaves behind when it exits is ended too.

The worker's guard (`runners.guard`) ends the group when the worker is gone.
"""

import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from celeriac.core.errors import RunnerFailed
from celeriac_workers.runners.guard import VARIABLE, guard_of_this_process
from celeriac_workers.runners.lines import LineSplitter
from celeriac_workers.runners.memory import PeakMemory

GRACE_S = 1.5
_TICK_S = 0.1
_FIRST_TICK_S = 0.01
"""Looks come closer together at first: the peak memory of a short command is what the last of them saw."""
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """How a group ended. stopped: the reason for which it was told to stop, None = it ended by itself."""

    exit_code: int
    cpu_s: float
    peak_memory_bytes: int | None
    stopped: str | None


class ProcessGroup:
    """A command that runs within a `with` block, after which no process of it is left. argv[0] is a path."""

    def __init__(self, argv: Sequence[str], directory: Path, env: Mapping[str, str]) -> None:
        self._argv = tuple(argv)
        self._directory = directory
        self._env = dict(env)
        self._exit: tuple[int, float, int | None] | None = None
        self._gone = False

    def __enter__(self) -> Self:
        """Starts it. Raises: RunnerFailed."""
        guard = guard_of_this_process()
        try:
            guard.keep()
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._directory,
                env=self._env | {VARIABLE: guard.mark},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise RunnerFailed(f"Cannot start `{self._argv[0]}` in {self._directory}: {error}") from error
        self.pid = self._process.pid
        self._memory = PeakMemory(self.pid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._gone:
                self._end()
        finally:
            for stream in (self._process.stdout, self._process.stderr):
                if stream:
                    stream.close()

    def follow(self, on_line: Callable[[str, bytes], None], stop_reason: Callable[[], str | None]) -> Ended:
        """Hands over each line of both streams as it comes, until the command has ended or was told to stop."""
        streams = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        splitters = {name: LineSplitter(lambda line, name=name: on_line(name, line)) for name in streams}  # type: ignore[misc] # early binding
        self._memory.sample()
        with selectors.DefaultSelector() as selector:
            for name, stream in streams.items():
                if stream:
                    selector.register(stream, selectors.EVENT_READ, splitters[name])
            stopped = self._pump(selector, stop_reason)
        for splitter in splitters.values():
            splitter.close()
        exit_code, cpu_s, peak_memory_bytes = self._end()
        return Ended(exit_code, cpu_s, peak_memory_bytes, stopped)

    def _pump(self, selector: selectors.BaseSelector, stop_reason: Callable[[], str | None]) -> str | None:
        stopped = None
        plan: deque[tuple[float, signal.Signals | None]] = deque()
        started = time.monotonic()
        tick = started + _FIRST_TICK_S
        while selector.get_map():
            for key, _ in selector.select(max(tick - time.monotonic(), 0)):
                data = os.read(key.fd, _CHUNK_BYTES)
                if data:
                    key.data.feed(data)
                else:
                    selector.unregister(key.fileobj)
            now = time.monotonic()
            if now < tick:
                continue
            tick = now + min(max(_FIRST_TICK_S, (now - started) / 8), _TICK_S)
            self._memory.sample()
            if stopped is None and (stopped := stop_reason()):
                plan = _plan(now, GRACE_S)
            elif not plan and self._has_exited():
                plan = _plan(now + 0.2, 0.3)
            while plan and plan[0][0] <= now:
                number = plan.popleft()[1]
                if number is None:
                    return stopped
                self._signal(number)
        return stopped

    def _has_exited(self) -> bool:
        if self._exit is None:
            self._reap(os.WNOHANG)
        return self._exit is not None

    def _end(self) -> tuple[int, float, int | None]:
        """Ends what is left of the group and waits until it is gone."""
        self._signal(signal.SIGKILL)
        if self._exit is None:
            self._reap(0)
        deadline = time.monotonic() + 5
        while self._signal(0) and _is_living(self.pid) and time.monotonic() < deadline:
            time.sleep(0.005)
        self._gone = True
        assert self._exit is not None
        return self._exit

    def _reap(self, options: int) -> None:
        pid, status, usage = os.wait4(self.pid, options)
        if pid:
            exit_code = os.waitstatus_to_exitcode(status)
            self._process.returncode = exit_code
            cpu_s = usage.ru_utime + usage.ru_stime
            self._exit = (128 - exit_code if exit_code < 0 else exit_code, cpu_s, self._memory.bytes(usage))

    def _signal(self, number: int) -> bool:
        """Signals the group; False when nothing is left of it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
            return True
        return False


def _is_living(group: int) -> bool:
    """True while a process of the group has not ended; the dead that nobody has waited for do not count."""
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False


def _plan(start: float, grace_s: float) -> deque[tuple[float, signal.Signals | None]]:
    """TERM, KILL after the grace period, then no more waiting for pipes that something outside the group holds."""
    kill = start + grace_s
    return deque([(start, signal.SIGTERM), (kill, signal.SIGKILL), (kill + 0.5, None)])
