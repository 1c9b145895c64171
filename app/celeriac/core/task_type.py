"""The public extension point: a task type is one class with its properties and `run`."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

from celeriac.core.flow import Mode, Task
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.core.state import State


class TaskLogger(Protocol):
    """Logs of a task run; one call is one line (or one multi-line message), masked before it is stored."""

    def log(self, level: str, message: str) -> None: ...
    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


class TaskFiles(Protocol):
    """Files of internal storage, namespace files and the like, as streams; nothing is held in memory."""

    def open(self, uri: str) -> AbstractContextManager[BinaryIO]:
        """Reads `kestra:///…`, `nsfile:///…`. Raises: StoredFileNotFound."""

    def size(self, uri: str) -> int:
        """Bytes. Raises: StoredFileNotFound."""

    def save(self, source: Path | bytes | BinaryIO, name: str) -> str:
        """Stores under the path of this attempt; returns the URI."""

    def namespace_files(self, namespace: str) -> Mapping[str, str]:
        """{path: URI} of all files of a namespace."""


class KeyValues(Protocol):
    """The KV store."""

    def get(self, namespace: str, key: str) -> Any:
        """Raises: KeyNotFound."""

    def set(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        overwrite: bool,
        ttl_s: float | None,
        kind: str | None,
        description: str | None,
    ) -> None: ...

    def delete(self, namespace: str, key: str) -> bool: ...

    def keys(self, namespace: str, prefix: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Which attempt of which task run this is."""

    execution_id: str
    task_run_id: str
    attempt: int
    namespace: str
    flow_id: str
    task_id: str


class TaskContext(Protocol):
    """The world as a task type sees it."""

    @property
    def identity(self) -> Identity: ...
    @property
    def logger(self) -> TaskLogger: ...
    @property
    def files(self) -> TaskFiles: ...
    @property
    def kv(self) -> KeyValues: ...
    @property
    def directory(self) -> Path:
        """The working directory of the attempt, made on first use, removed afterwards. `{{ workingDir }}`."""

    def render(self, value: Any, *, typed: bool = False, variables: Mapping[str, Any] | None = None) -> Any:
        """Renders text, lists and mappings; `variables` are added to the context. Raises: ExpressionError."""

    def counter(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None: ...
    def timer(self, name: str, seconds: float, tags: Mapping[str, str] | None = None) -> None: ...
    def gauge(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None: ...

    def secret(self, name: str) -> str:
        """Raises: SecretNotFound."""

    def execution(self, execution_id: str) -> Mapping[str, Any]:
        """Another execution as the API shows it. Raises: ExecutionNotFound."""

    def run(self, command: Command, runner: RunnerType | None, on_line: "LineSink") -> RunResult:
        """Runs a command on the task runner named, or on the worker's default; enforces the timeout.

        Raises: RunnerFailed, TimedOut, Killed.
        """

    def stopping(self) -> bool:
        """True when the attempt must end (kill, timeout): long-running tasks ask at least every second."""


class LineSink(Protocol):
    """Receives each line of output, undecoded, without its line end."""

    def __call__(self, stream: str, line: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a task type returns when a mapping of outputs does not say it all."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    state: State = State.SUCCESS


class TaskType(Task):
    """A runnable task type. `run` is called on a copy whose dynamic properties are rendered and typed.

    effect_free: its results are rows of the same execution, so it may run inside advance (engine.md §6).
    unrendered: fields that `run` renders itself.
    """

    effect_free: ClassVar[bool] = False
    unrendered: ClassVar[frozenset[str]] = frozenset()
    mode: ClassVar[Mode] = Mode.WORKER

    def run(self, context: TaskContext) -> Mapping[str, Any] | TaskResult | None:
        """Outputs, {name: value}. Raises: TaskFailed, ExpressionError, Killed."""
        raise TypeError(f"{type(self).__name__} does not define run()")
