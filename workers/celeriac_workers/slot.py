"""What the worker process offers to its attempts: task runners, log buffers, and the word to stop."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.errors import Killed, RunnerFailed, TimedOut
from celeriac.core.execution import Execution
from celeriac.core.frames import TaskRun
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.core.state import State
from celeriac.core.task_type import LineSink, TaskLogger
from celeriac.services.attempts import timeout_text
from celeriac.store.claim_store import ClaimStore
from celeriac_workers.log_buffer import Flusher, LogBuffer
from celeriac_workers.runners.registry import Runners
from celeriac_workers.runners.stopping import HandedOver

Key = tuple[str, int]
DISK_FULL = "disk full"
"""Why an attempt is stopped when nothing can be stored any more: its files are to make room for its failure."""


@dataclass
class Held:
    """An attempt that runs here. stop: why it must end. runs_on: it ended here, but its container did not."""

    fence: int
    logs: LogBuffer
    stop: str | None = None
    runs_on: bool = False


ABANDONED = "abandoned"
"""Why everything stops when the command is gone: nothing goes on, and whoever comes next tells that it was cut."""


@dataclass
class Slots:
    """Implements `services.attempts.Slot` for all threads of a worker."""

    claims: ClaimStore
    runners: Runners
    log_cap_bytes: int
    _held: dict[Key, Held] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._flusher = Flusher(lambda: [held.logs for held in self.held().values()])
        self._flusher.start()

    def close(self) -> None:
        """Ends what goes on beside the attempts."""
        self._flusher.stop()

    def logs(self, execution: Execution, run: TaskRun) -> LogBuffer:
        """Begins the attempt."""
        stored = self.claims.last_line(execution.id, run) if run.handle else -1
        buffer = LogBuffer(self.claims, execution, run, self.log_cap_bytes, stored)
        with self._lock:
            self._held[execution.id, run.seq] = Held(run.fence, buffer)
        return buffer

    def processes(self, execution: Execution, run: TaskRun, logger: TaskLogger, timeout_s: float | None) -> "Commands":
        """The attempt's way to run commands."""
        held = self._held[execution.id, run.seq]
        return Commands(self, execution, run, held, logger, timeout_s)

    def was_taken_away(self, execution: Execution, run: TaskRun) -> bool:
        """True when it was stopped for another reason than a kill."""
        return self._held[execution.id, run.seq].stop in ("lost", ABANDONED)

    def runs_on(self, execution: Execution, run: TaskRun) -> bool:
        """True when what was taken away goes on without the worker, in a container."""
        return self._held[execution.id, run.seq].runs_on

    def ended(self, execution: Execution, run: TaskRun) -> None:
        """Forgets the attempt."""
        with self._lock:
            self._held.pop((execution.id, run.seq), None)

    def held(self) -> dict[Key, Held]:
        """{(execution id, seq): attempt} of what runs now."""
        with self._lock:
            return dict(self._held)

    @staticmethod
    def compare(before: Mapping[Key, Held], owned: Mapping[Key, tuple[int, State]]) -> None:
        """Stops what the database says is not (or no longer) to be run here.

        before: what ran when the database was asked; what has begun since then is not in its answer.
        """
        for key, held in before.items():
            fence, state = owned.get(key, (-1, State.LOST))
            if fence != held.fence:
                held.stop = "lost"
            elif state is State.KILLING:
                held.stop = "killed"

    def stop_all(self, reason: str) -> None:
        """Stops everything: the worker ends, or nobody hears of it any more."""
        for held in self.held().values():
            held.stop = held.stop or reason


class Commands:
    """Runs the commands of one attempt: implements `services.run_scope.Processes`."""

    def __init__(
        self,
        slots: Slots,
        execution: Execution,
        run: TaskRun,
        held: Held,
        logger: TaskLogger,
        timeout_s: float | None,
    ) -> None:
        self._slots = slots
        self._execution = execution
        self._run = run
        self._held = held
        self._logger = logger
        self._timeout_s = timeout_s
        already_s = time.time() - (run.started_us or 0) / 1_000_000 if run.handle else 0.0
        self._deadline = None if timeout_s is None else time.monotonic() + timeout_s - already_s

    def run(self, command: Command, runner: RunnerType | None, on_line: LineSink) -> RunResult:
        """Raises: RunnerFailed, TimedOut, Killed."""
        implementation, properties = self._slots.runners.choose(runner)
        attempt = RunningAttempt(self, self._logger, on_line)
        handle, self._run.handle = self._run.handle, None
        try:
            if handle:
                return implementation.adopt(handle, command, properties, attempt)
            return implementation.run(command, properties, attempt)
        except HandedOver:
            self._held.runs_on = True
            raise
        except Killed as error:
            if self._held.stop == DISK_FULL:
                raise RunnerFailed(
                    "Stopped: the disk with the database is full. Free some space, or set CELERIAC_HOME elsewhere."
                ) from error
            raise
        except TimedOut as error:
            raise TimedOut(timeout_text(self._timeout_s or 0), error.outputs) from error

    def stopping(self) -> bool:
        """True when the attempt must end."""
        return self.stop_reason() is not None

    def stop_reason(self) -> str | None:
        """`killed`, `lost`, `timeout`, or None."""
        if self._held.stop is not None:
            return self._held.stop
        if self._deadline is not None and time.monotonic() > self._deadline:
            return "timeout"
        return None

    def note(self, handle: Mapping[str, Any]) -> None:
        """Commits where the attempt runs. Raises: Killed when it has been taken away."""
        if not self._slots.claims.note_handle(self._execution.id, self._run, handle):
            raise Killed("the attempt has been taken away")


class RunningAttempt:
    """Implements `core.runner.Attempt`."""

    def __init__(self, commands: Commands, logger: TaskLogger, on_line: LineSink) -> None:
        self._commands = commands
        self._logger = logger
        self._on_line = on_line

    def line(self, stream: str, data: bytes) -> None:
        self._on_line(stream, data)

    def notice(self, level: str, message: str) -> None:
        self._logger.log(level, message)

    def started(self, handle: Mapping[str, Any]) -> None:
        if "container" in handle:
            self._commands.note(handle)

    def stop_reason(self) -> str | None:
        return self._commands.stop_reason()
