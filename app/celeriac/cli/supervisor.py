"""Starts child processes, restarts what ends, and leaves none behind, however it ends itself.

Polled, without threads. Knows nothing of what its children do.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from celeriac.cli.child import Child, ChildSpec
from celeriac.cli.forked import IS_SAFE
from celeriac.cli.role_logs import log_path, open_log, rotate, tail

STEADY_S = 10.0
MAX_QUICK_ENDS = 5
_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 5.0
_POLL_S = 0.02
_ROTATE_EACH_S = 60.0
_ORPHANS_END_IN_S = 4.0


class ChildKeepsEnding(Exception):
    """A child process ended again and again right after its start; the message shows the end of its log."""


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A child that ended by itself and is about to be restarted. exit_code: negative = the signal.

    times: how often in a row it has ended right after its start.
    """

    name: str
    exit_code: int
    restart_in_s: float
    times: int


@dataclass(slots=True)
class _Kept:
    """What is to be kept running. child: None while it waits for its restart."""

    spec: ChildSpec
    child: Child | None = None
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
        forks_again: bool = False,
        gives_up: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """shared_fds: descriptors that every child keeps open, such as a lock. grace_s: from TERM to KILL.

        forks_again: this process will never have threads or connections, so restarts may be forks, too.
        gives_up: a child that cannot live is an error, else it is started again and again.
        """
        self._logs_dir = logs_dir
        self._shared_fds = tuple(shared_fds)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._may_go = False
        self._rotated_at = clock()
        self._forks_again = forks_again
        self._gives_up = gives_up
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
        kept = self._kept[spec.name] = _Kept(spec)
        rotate(self._logs_dir, spec.name)
        self._spawn(kept, may_fork=IS_SAFE)

    def run_once(self, spec: ChildSpec) -> int:
        """Runs a child to its end, before others are started; returns its exit code."""
        with self._output(spec) as output:
            child = Child(spec, output, self._shared_fds, may_fork=IS_SAFE)
        try:
            while (exit_code := child.exit_code()) is None:
                time.sleep(_POLL_S)
        finally:
            child.end()
        return exit_code

    def go(self) -> None:
        """Tells all children, also those started later, that what they share is ready."""
        self._may_go = True
        for kept in self._kept.values():
            if kept.child:
                kept.child.say_go()

    def forget(self, name: str) -> None:
        """Ends a child at once and no longer keeps it running."""
        _end(self._kept.pop(name))

    def log_path(self, name: str) -> Path:
        """Where the output of a child goes."""
        return log_path(self._logs_dir, name)

    def pid(self, name: str) -> int | None:
        """The process id of a child, None while it waits for its restart."""
        child = self._kept[name].child
        return child.pid if child else None

    def is_running(self, name: str) -> bool:
        """True while the process of the child has not ended."""
        return not _has_ended(self._kept[name]) and self._kept[name].child is not None

    def poll(self) -> list[ChildEnded]:
        """Notices what ended and restarts it when its delay is over; call it at least each second.

        Raises: ChildKeepsEnding.
        """
        now = self._clock()
        if now - self._rotated_at > _ROTATE_EACH_S:
            self._rotated_at = now
            for name in self._kept:
                rotate(self._logs_dir, name)
        ended = [self._note_end(kept, now) for kept in self._kept.values() if _has_ended(kept)]
        for kept in self._kept.values():
            if kept.child is None and now >= kept.restart_at:
                self._spawn(kept, may_fork=IS_SAFE and self._forks_again)
        return ended

    def stop(self) -> None:
        """Ends all children, layer by layer: TERM, the grace period, KILL. Nothing of them is left afterwards."""
        for layer in sorted({kept.spec.layer for kept in self._kept.values()}, reverse=True):
            living = [kept for kept in self._kept.values() if kept.spec.layer == layer and kept.child]
            for kept in living:
                if kept.child:
                    kept.child.terminate()
            deadline = self._clock() + self.grace_s
            while self._clock() < deadline and not all(_has_ended(kept) for kept in living):
                time.sleep(_POLL_S)
            for kept in living:
                _end(kept)
        self._kept.clear()

    def kill(self) -> None:
        """Ends all children at once, then waits until what they had started in other sessions has ended, too."""
        from celeriac.cli.descendants import Descendants

        descendants = Descendants.of(kept.child.pid for kept in self._kept.values() if kept.child)
        for kept in self._kept.values():
            _end(kept)
        self._kept.clear()
        descendants.end(_ORPHANS_END_IN_S)

    def _spawn(self, kept: _Kept, *, may_fork: bool) -> None:
        with self._output(kept.spec) as output:
            kept.child = Child(kept.spec, output, self._shared_fds, may_fork=may_fork)
        kept.started_at = self._clock()
        if self._may_go:
            kept.child.say_go()

    def _note_end(self, kept: _Kept, now: float) -> ChildEnded:
        exit_code = (kept.child.exit_code() if kept.child else None) or 0
        _end(kept)
        kept.quick_ends = 0 if now - kept.started_at > STEADY_S else kept.quick_ends + 1
        name = kept.spec.name
        if kept.quick_ends >= MAX_QUICK_ENDS and self._gives_up:
            shown = f"{self.log_path(name)}:\n{tail(self._logs_dir, name)}"
            raise ChildKeepsEnding(f"{name} ended {kept.quick_ends} times, {shown}")
        delay_s = min(_FIRST_DELAY_S * 2 ** min(max(kept.quick_ends - 1, 0), MAX_QUICK_ENDS * 2), _LONGEST_DELAY_S)
        kept.restart_at = now + delay_s
        return ChildEnded(name, exit_code, delay_s, kept.quick_ends)

    @contextmanager
    def _output(self, spec: ChildSpec) -> Iterator[BinaryIO]:
        if spec.talks:
            sys.stderr.flush()
            yield sys.stderr.buffer
            return
        with open_log(self._logs_dir, spec.name) as log:
            yield log


def _has_ended(kept: _Kept) -> bool:
    return kept.child is not None and kept.child.exit_code() is not None


def _end(kept: _Kept) -> None:
    if kept.child is not None:
        kept.child.end()
        kept.child = None
