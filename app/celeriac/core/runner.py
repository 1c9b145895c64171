"""Where a script runs: the command a task hands over, and what a task runner does with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class RunnerType(BaseModel):
    """The YAML properties of a `taskRunner`; one small file each in plugins/runners, valid without the engine itself.

    `name` is the key in the entry-point group `celeriac.runners` under which a worker finds the implementation.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )

    type_name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    name: ClassVar[str] = ""

    type: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command to run, everything rendered.

    directory: the local working directory; what is in it is there when the command starts, its cwd.
    outputs: globs, relative to the directory, of the files that must be in it when `run` returns.
    image: None = the runner's own default. dependencies: Python packages to be importable.
    labels: {name: text} put on containers and jobs (execution, task run, attempt).
    needs_pip: the command may install Python packages. setup: the lines of it that do, by which a Python environment
    is cached; they stand in argv all the same.
    """

    argv: tuple[str, ...]
    directory: Path
    env: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    image: str | None = None
    language: str = "shell"
    dependencies: tuple[str, ...] = ()
    needs_pip: bool = False
    setup: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a command ended. cpu_s: processor seconds; peak_memory_bytes: largest resident set; None = not known."""

    exit_code: int
    outputs: Mapping[str, Any] = field(default_factory=dict)
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None


class Attempt(Protocol):
    """What a runner needs of the attempt it serves."""

    def line(self, stream: str, data: bytes) -> None:
        """One line of output without its line end; stream is `stdout` or `stderr`."""

    def notice(self, level: str, message: str) -> None:
        """A log line of the runner itself (pull progress, `killed after …`)."""

    def started(self, handle: Mapping[str, Any]) -> None:
        """Commits where the work runs, before it starts: {"engine": id, "container": id} or {"pid": n}."""

    def stop_reason(self) -> str | None:
        """None while the command may run, else `timeout`, `killed` or `lost` (fenced off). Cheap; ask every 100 ms."""


Resolve = Callable[[str], str | None]


class Runner(Protocol):
    """Runs commands. Cleans up whatever happens; returns or raises only when nothing of the command is left."""

    def run(self, command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Raises: RunnerFailed (cause and remedy in the message), TimedOut, Killed."""

    def adopt(self, handle: Mapping[str, Any], command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Takes over what an earlier worker started. Raises as `run`; RunnerFailed when nothing is left of it."""
