"""One attempt of a task run as its task type sees it: implements `core.task_type.TaskContext`."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from celeriac.core.errors import TaskFailed
from celeriac.core.execution import Execution, LogLine, Metric, task_run_id
from celeriac.core.expression import Renderer
from celeriac.core.frames import TaskRun
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.core.task_type import Identity, KeyValues, LineSink
from celeriac.services.files import ExecutionFiles
from celeriac.services.lookup import Lookup
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_task_run
from celeriac.services.world import ExecutionWorld
from celeriac.storage.masking import Masker

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")


class Processes(Protocol):
    """How a worker lets task types run commands; absent where nothing may be run."""

    def run(self, command: Command, runner: RunnerType | None, on_line: LineSink) -> RunResult: ...

    def stopping(self) -> bool: ...


class LogSink(Protocol):
    """Where log lines go; `take` gives back those that it has not stored itself."""

    is_full: bool
    """True when it keeps only what must not be missing: every other line is told by `drop` alone."""

    def add(self, line: LogLine) -> None: ...

    def drop(self) -> None: ...

    def take(self) -> list[LogLine]: ...


class Lines:
    """Keeps every line: for what is written together with its task run."""

    is_full = False

    def __init__(self) -> None:
        self._lines: list[LogLine] = []

    def add(self, line: LogLine) -> None:
        self._lines.append(line)

    def drop(self) -> None:
        """Never called, for it is never full."""

    def take(self) -> list[LogLine]:
        taken, self._lines = self._lines, []
        return taken


class ScopeLogger:
    """Makes log lines, masked, and hands them to a sink."""

    def __init__(
        self, run: TaskRun, masker: Masker, now_us: Callable[[], int], lowest: str | None, sink: LogSink
    ) -> None:
        self._run = run
        self._masker = masker
        self._now_us = now_us
        self._lowest = LEVELS.index(lowest) if lowest else 0
        self._last_us = 0
        self._next_line = 0
        self._sink = sink

    def log(self, level: str, message: str, *, must_stay: bool = False) -> None:
        """One message; times rise by at least a microsecond. must_stay: also when the sink is full of others."""
        if LEVELS.index(level) < self._lowest:
            return
        if self._sink.is_full and not must_stay:
            self._sink.drop()
            return
        self._last_us = max(self._now_us(), self._last_us + 1)
        text = self._masker.mask(message).replace("\x00", "\ufffd")
        self._sink.add(LogLine(self._run.seq, self._run.attempt, self._next_line, level, text, self._last_us))
        self._next_line += 1

    def take(self) -> list[LogLine]:
        """The lines that are not stored yet."""
        return self._sink.take()

    def debug(self, message: str) -> None:
        self.log("DEBUG", message)

    def info(self, message: str) -> None:
        self.log("INFO", message)

    def warning(self, message: str) -> None:
        self.log("WARN", message)

    def error(self, message: str) -> None:
        self.log("ERROR", message)

    def failure(self, message: str) -> None:
        """Why the attempt failed: never dropped."""
        self.log("ERROR", message, must_stay=True)


class RunScope:
    """Everything of one attempt. Use as a context manager: the working directory is removed at the end."""

    def __init__(
        self,
        around: Surroundings,
        execution: Execution,
        lookup: Lookup,
        run: TaskRun,
        base_variables: Mapping[str, Any],
        masker: Masker,
        *,
        sink: LogSink | None = None,
    ) -> None:
        task = lookup.index.task(run.task_id)
        self._around = around
        self._lookup = lookup
        self._run = run
        self._base = base_variables
        self.processes: Processes | None = None
        self._variables: dict[str, Any] | None = None
        self._directory: Path | None = None
        self.identity = Identity(
            execution.id,
            task_run_id(execution.id, run.seq),
            run.attempt,
            execution.namespace,
            execution.flow_id,
            run.task_id,
        )
        self.files = ExecutionFiles(around, execution, self.identity)
        self.world = ExecutionWorld(around, self.files, execution.namespace, execution.id, masker)
        lowest = task.log_level.value if task.log_level else None
        self.logger = ScopeLogger(run, masker, around.now_us, lowest, sink or Lines())
        self.metrics: list[Metric] = []
        self._renderer = Renderer(self.world)
        self.is_literal = False

    def __enter__(self) -> "RunScope":
        return self

    def __exit__(self, *error: object) -> None:
        self.clean_up()

    def clean_up(self) -> None:
        """Removes the working directory."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    @property
    def kv(self) -> KeyValues:
        return self._around.kv

    @property
    def directory(self) -> Path:
        if self._directory is None:
            self._around.tmp.mkdir(parents=True, exist_ok=True)
            self._directory = Path(tempfile.mkdtemp(prefix=f"{self.identity.task_id[:40]}-", dir=self._around.tmp))
        return self._directory

    def render(self, value: Any, *, typed: bool = False, variables: Mapping[str, Any] | None = None) -> Any:
        if self.is_literal:
            return value
        if self._variables is None:
            self._variables = of_task_run(self._base, self._lookup, self._run)
        context = self._variables if variables is None else {**self._variables, **variables}
        return self._renderer.render(value, context, typed=typed)

    def counter(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        self.metrics.append(Metric(name, "counter", float(value), dict(tags) if tags else None))

    def timer(self, name: str, seconds: float, tags: Mapping[str, str] | None = None) -> None:
        self.metrics.append(Metric(name, "timer", float(seconds), dict(tags) if tags else None))

    def gauge(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        self.metrics.append(Metric(name, "gauge", float(value), dict(tags) if tags else None))

    def secret(self, name: str) -> str:
        return self.world.secret(name, None, None)

    def execution(self, execution_id: str) -> Mapping[str, Any]:
        return self._around.execution_view(execution_id)

    def run(self, command: Command, runner: RunnerType | None, on_line: LineSink) -> RunResult:
        if self.processes is None:
            raise TaskFailed("commands can only be run by a worker")
        return self.processes.run(command, runner, on_line)

    def stopping(self) -> bool:
        return self.processes.stopping() if self.processes is not None else False
