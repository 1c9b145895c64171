"""Starts child processes, restarts what ends, and leaves none behind, however it ends itself.

Polled, without threads. Every child leads its own session; its lifeline is a pipe (celeriac.lifeline). A program that
knows no lifeline runs under a shell guard that holds the pipe for it. Knows nothing of what its children do.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from celeriac.cli.forked import IS_SAFE, Forked, fork
from celeriac.lifeline import VARIABLE

LOG_CAP_BYTES = 10_000_000
STEADY_S = 10.0
MAX_QUICK_ENDS = 5
_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 5.0
_POLL_S = 0.02
_ORPHANS_END_IN_S = 4.0

_GUARD = """
exec 3<&0
( while read -r _; do :; done
  kill -TERM $$
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 0.5; kill -0 $$ || exit; done
  kill -KILL $$
) <&3 >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"""


class ChildKeepsEnding(Exception):
    """A child process ended again and again right after its start; the message shows the end of its log."""


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """A process to keep running.

    layer: the highest layer is stopped first. guarded: the program knows no lifeline, a shell guard minds it.
    main: what the program does, to be forked at the first start (celeriac.cli.forked); restarts run argv.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    layer: int = 1
    guarded: bool = False
    main: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A child that ended by itself and is about to be restarted. exit_code: negative = the signal."""

    name: str
    exit_code: int
    restart_in_s: float


@dataclass(slots=True)
class _Child:
    spec: ChildSpec
    process: "subprocess.Popen[bytes] | Forked | None" = None
    lifeline: int = -1
    started_at: float = 0.0
    quick_ends: int = 0
    restart_at: float = 0.0


class Supervisor:
    """Keeps children running between `start` and `stop`; leaving the `with` block stops them all."""

    def __init__(
        self,
        logs_dir: Path,
        *,
        shared_fds: Sequence[int] = (),
        grace_s: float = 8.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """shared_fds: file descriptors that every child keeps open, such as a lock. grace_s: from TERM to KILL."""
        self._logs_dir = logs_dir
        self._shared_fds = tuple(shared_fds)
        self._clock = clock
        self._children: dict[str, _Child] = {}
        self._may_go = False
        self._rotated_at = clock()
        self.grace_s = grace_s

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self.stop()
        except BaseException:
            self.kill()
            raise

    def start(self, spec: ChildSpec) -> None:
        """Starts a child and keeps it running from now on."""
        child = self._children[spec.name] = _Child(spec)
        _rotate(self.log_path(spec.name))
        self._spawn(child, may_fork=IS_SAFE)

    def go(self) -> None:
        """Tells all children, also those started later, that what they share is ready."""
        self._may_go = True
        for child in self._children.values():
            _say_go(child.lifeline)

    def forget(self, name: str) -> None:
        """Ends a child at once and no longer keeps it running."""
        _end_group(self._children.pop(name))

    def log_path(self, name: str) -> Path:
        """Where the output of a child goes."""
        return self._logs_dir / f"{name}.log"

    def pid(self, name: str) -> int | None:
        """The process id of a child, None while it waits for its restart."""
        process = self._children[name].process
        return process.pid if process else None

    def is_running(self, name: str) -> bool:
        """True while the process of the child has not ended."""
        process = self._children[name].process
        return process is not None and process.poll() is None

    def poll(self) -> list[ChildEnded]:
        """Notices what ended and restarts it when its delay is over; call it at least each second.

        Raises: ChildKeepsEnding.
        """
        now = self._clock()
        if now - self._rotated_at > 60:
            self._rotated_at = now
            for name in self._children:
                _rotate(self.log_path(name))
        ended = [self._note_end(child, now) for child in self._children.values() if _has_ended(child)]
        for child in self._children.values():
            if child.process is None and now >= child.restart_at:
                self._spawn(child)
        return ended

    def stop(self) -> None:
        """Ends all children, layer by layer: TERM, the grace period, KILL. Nothing of them is left afterwards."""
        for layer in sorted({child.spec.layer for child in self._children.values()}, reverse=True):
            living = [child for child in self._children.values() if child.spec.layer == layer and child.process]
            for child in living:
                _signal(child, signal.SIGTERM)
            deadline = self._clock() + self.grace_s
            while self._clock() < deadline and not all(_has_ended(child) for child in living):
                time.sleep(_POLL_S)
            for child in living:
                _end_group(child)
        self._children.clear()

    def kill(self) -> None:
        """Ends all children at once, then waits until what they had started in other sessions has ended, too."""
        from celeriac.cli.descendants import Descendants

        descendants = Descendants.of_this_process()
        for child in self._children.values():
            _end_group(child)
        self._children.clear()
        descendants.end(_ORPHANS_END_IN_S)

    def _spawn(self, child: _Child, *, may_fork: bool = False) -> None:
        read, child.lifeline = os.pipe()
        main = child.spec.main
        try:
            with self._log(child.spec.name) as log:
                if main is not None and may_fork:
                    environ = {**child.spec.env, VARIABLE: str(read)}
                    child.process = fork(main, environ, log.fileno(), (*self._shared_fds, read))
                else:
                    child.process = self._execute(child.spec, read, log)
        finally:
            os.close(read)
        child.started_at = self._clock()
        if self._may_go:
            _say_go(child.lifeline)

    def _execute(self, spec: ChildSpec, read: int, log: BinaryIO) -> "subprocess.Popen[bytes]":
        guarded = ("/bin/sh", "-c", _GUARD, "guard") if spec.guarded else ()
        return subprocess.Popen(
            (*guarded, *spec.argv),
            env={**spec.env, VARIABLE: str(read)},
            stdin=read if spec.guarded else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=self._shared_fds if spec.guarded else (*self._shared_fds, read),
            start_new_session=True,
        )

    def _note_end(self, child: _Child, now: float) -> ChildEnded:
        assert child.process is not None
        exit_code = child.process.poll() or 0
        _end_group(child)
        child.quick_ends = 0 if now - child.started_at > STEADY_S else child.quick_ends + 1
        if child.quick_ends >= MAX_QUICK_ENDS:
            path = self.log_path(child.spec.name)
            raise ChildKeepsEnding(f"{child.spec.name} ended {child.quick_ends} times ({path}):\n{_tail(path)}")
        delay_s = min(_FIRST_DELAY_S * 2 ** max(child.quick_ends - 1, 0), _LONGEST_DELAY_S)
        child.restart_at = now + delay_s
        return ChildEnded(child.spec.name, exit_code, delay_s)

    def _log(self, name: str) -> BinaryIO:
        self._logs_dir.mkdir(parents=True, exist_ok=True)
        return self.log_path(name).open("ab")


def _has_ended(child: _Child) -> bool:
    return child.process is not None and child.process.poll() is not None


def _signal(child: _Child, number: signal.Signals) -> None:
    if child.process is not None:
        child.process.send_signal(number)


def _end_group(child: _Child) -> None:
    """Ends what is left of the child's session, and its lifeline with it."""
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        child.process = None
    if child.lifeline >= 0:
        os.close(child.lifeline)
        child.lifeline = -1


def _say_go(lifeline: int) -> None:
    if lifeline >= 0:
        with contextlib.suppress(BrokenPipeError):
            os.write(lifeline, b"\n")


def _rotate(path: Path) -> None:
    """Keeps the log under its cap: its writers append, so the file may be emptied under them."""
    if path.exists() and path.stat().st_size > LOG_CAP_BYTES:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def _tail(path: Path, lines: int = 12) -> str:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 8_000, 0))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
