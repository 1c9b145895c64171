"""One child process: how it is started, and how nothing of it is left.

Every child leads its own session; its lifeline is a pipe (celeriac.lifeline). A program that knows no lifeline runs
under a shell guard that holds the pipe for it.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from celeriac.cli.forked import Forked, fork
from celeriac.lifeline import VARIABLE

_GUARD = """
exec 3<&0
( while read -r _; do :; done
  kill -TERM $$
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 0.5; kill -0 $$ || exit; done
  kill -KILL $$
) <&3 >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"""


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """A process to keep running.

    layer: the highest layer is stopped first. guarded: the program knows no lifeline, a shell guard minds it.
    main: what the program does, where it may be forked (celeriac.cli.forked). talks: its output is for people at once,
    not for a log.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    layer: int = 1
    guarded: bool = False
    main: Callable[[], None] | None = None
    talks: bool = False


class Child:
    """A started process."""

    def __init__(self, spec: ChildSpec, log: BinaryIO, shared_fds: Sequence[int], *, may_fork: bool) -> None:
        """shared_fds: descriptors that it keeps open beside its lifeline."""
        read, self._lifeline = os.pipe()
        try:
            self._process: subprocess.Popen[bytes] | Forked
            if spec.main is not None and may_fork:
                environ = {**spec.env, VARIABLE: str(read)}
                self._process = fork(spec.main, environ, log.fileno(), (*shared_fds, read))
            else:
                self._process = _execute(spec, read, log, shared_fds)
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(read)

    @property
    def pid(self) -> int:
        """Its process id, also that of its session."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative = the signal that ended it."""
        return self._process.poll()

    def say_go(self) -> None:
        """Tells it that what the children share is ready."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._lifeline, b"\n")

    def terminate(self) -> None:
        """Asks it to end."""
        self._process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Ends at once what is left of its session, and its lifeline with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._lifeline)


def _execute(spec: ChildSpec, read: int, log: BinaryIO, shared_fds: Sequence[int]) -> "subprocess.Popen[bytes]":
    guarded = ("/bin/sh", "-c", _GUARD, "guard") if spec.guarded else ()
    return subprocess.Popen(
        (*guarded, *spec.argv),
        env={**spec.env, VARIABLE: str(read)},
        stdin=read if spec.guarded else subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=shared_fds if spec.guarded else (*shared_fds, read),
        start_new_session=True,
    )
