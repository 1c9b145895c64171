"""An engine in memory for tests of task types: one attempt, real files, real expressions, no database."""

import base64
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from celeriac.core.dynamic import render_properties
from celeriac.core.errors import ExecutionNotFound, KeyNotFound, Refused
from celeriac.core.expression.renderer import Renderer
from celeriac.core.expression.world import NoWorld
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.core.task_type import Identity, LineSink, TaskResult, TaskType
from celeriac.storage.internal import Storage
from celeriac.storage.namespace_files import NamespaceFiles
from celeriac.storage.secrets import Secrets
from celeriac.storage.uris import NAMESPACE_SCHEME, parse_namespace_file, task_file

IDENTITY = Identity("2vK8dPq0aZxYbC4nR7sTuW", "run1", 1, "company.team", "flow", "task")


class FakeLogger:
    """Keeps what is logged: `lines` is [(level, message)]."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def log(self, level: str, message: str) -> None:
        self.lines.append((str(level), message))

    def debug(self, message: str) -> None:
        self.log("DEBUG", message)

    def info(self, message: str) -> None:
        self.log("INFO", message)

    def warning(self, message: str) -> None:
        self.log("WARN", message)

    def error(self, message: str) -> None:
        self.log("ERROR", message)

    @property
    def messages(self) -> list[str]:
        """The messages of all levels."""
        return [message for _, message in self.lines]


class FakeFiles:
    """The files of one attempt on a real storage."""

    def __init__(self, storage: Storage, namespace_files: NamespaceFiles, identity: Identity) -> None:
        self._storage = storage
        self._namespace_files = namespace_files
        self._identity = identity

    @contextmanager
    def open(self, uri: str) -> Iterator[BinaryIO]:
        if uri.startswith(NAMESPACE_SCHEME):
            stream = self._namespace_files.open(*parse_namespace_file(uri, self._identity.namespace))
        else:
            stream = self._storage.open(uri)
        with stream:
            yield stream

    def size(self, uri: str) -> int:
        return self._storage.size(uri)

    def save(self, source: Path | bytes | BinaryIO, name: str) -> str:
        uri = task_file(self._identity, name)
        self._storage.put(uri, source)
        return uri

    def namespace_files(self, namespace: str) -> Mapping[str, str]:
        return self._namespace_files.list(namespace)

    def text(self, uri: str) -> str:
        """The whole file, for assertions."""
        with self.open(uri) as stream:
            return stream.read().decode()


@dataclass
class FakeKey:
    """What is stored under a key."""

    value: Any
    kind: str | None
    ttl_s: float | None
    description: str | None


class FakeKeyValues:
    """The KV store; `stored` is {(namespace, key): FakeKey}."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], FakeKey] = {}

    def get(self, namespace: str, key: str) -> Any:
        if (namespace, key) not in self.stored:
            raise KeyNotFound(f"There is no key `{key}` in namespace `{namespace}`")
        return self.stored[namespace, key].value

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
    ) -> None:
        if not overwrite and (namespace, key) in self.stored:
            raise Refused(f"Key `{key}` of namespace `{namespace}` exists already, and `overwrite` is false")
        self.stored[namespace, key] = FakeKey(value, kind, ttl_s, description)

    def delete(self, namespace: str, key: str) -> bool:
        return self.stored.pop((namespace, key), None) is not None

    def keys(self, namespace: str, prefix: str) -> list[str]:
        return [key for where, key in self.stored if where == namespace and key.startswith(prefix)]


class FakeWorld(NoWorld):
    """What expressions find outside: the KV store, secrets and files of the context, a clock that stands still."""

    def __init__(self, context: "FakeContext") -> None:
        super().__init__(lambda: datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), random.Random(1).random)
        self._context = context

    def kv(self, key: str, namespace: str | None, error_on_missing: bool) -> Any:
        return self._context.kv.get(namespace or self._context.identity.namespace, key)

    def secret(self, name: str, namespace: str | None, subkey: str | None) -> str:
        return self._context.secrets.get(name, subkey)

    def read(self, uri_or_path: str, namespace: str | None) -> str:
        home = namespace or self._context.identity.namespace
        return self._context.files.text(uri_or_path if "://" in uri_or_path else f"nsfile://{home}/{uri_or_path}")


Runs = Callable[[Command, LineSink], RunResult]


@dataclass
class FakeContext:
    """A TaskContext. Everything a task type does can be looked up afterwards.

    variables: what expressions see, `flow`, `execution` and so on added. secrets: {NAME: value in clear}.
    executions: {id: as the API shows it}. runs: stands for the task runner. stop: what `stopping()` says.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    secret_values: Mapping[str, str] = field(default_factory=dict)
    executions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    identity: Identity = IDENTITY
    storage: Storage = field(default_factory=lambda: Storage.connect("memory:///"))
    runs: Runs | None = None
    stop: bool = False

    def __post_init__(self) -> None:
        self.logger = FakeLogger()
        self.kv = FakeKeyValues()
        self.metrics: dict[str, float] = {}
        self.namespace_store = NamespaceFiles(self.storage)
        self.files = FakeFiles(self.storage, self.namespace_store, self.identity)
        self.secrets = Secrets({k: base64.b64encode(v.encode()).decode() for k, v in self.secret_values.items()})
        self.commands: list[Command] = []
        self._renderer = Renderer(FakeWorld(self))
        self._directory: tempfile.TemporaryDirectory[str] | None = None

    @property
    def directory(self) -> Path:
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory(prefix="celeriac-test-")
        return Path(self._directory.name)

    def render(self, value: Any, *, typed: bool = False, variables: Mapping[str, Any] | None = None) -> Any:
        return self._renderer.render(
            value, {**self._own_variables(), **self.variables, **(variables or {})}, typed=typed
        )

    def counter(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        self.metrics[name] = self.metrics.get(name, 0) + value

    def timer(self, name: str, seconds: float, tags: Mapping[str, str] | None = None) -> None:
        self.metrics[name] = seconds

    def gauge(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        self.metrics[name] = value

    def secret(self, name: str) -> str:
        return self.secrets.get(name)

    def execution(self, execution_id: str) -> Mapping[str, Any]:
        if execution_id not in self.executions:
            raise ExecutionNotFound(f"There is no execution `{execution_id}`")
        return self.executions[execution_id]

    def run(self, command: Command, runner: RunnerType | None, on_line: LineSink) -> RunResult:
        self.commands.append(command)
        return self.runs(command, on_line) if self.runs is not None else RunResult(0)

    def stopping(self) -> bool:
        return self.stop

    def close(self) -> None:
        """Removes the working directory."""
        if self._directory is not None:
            self._directory.cleanup()

    def _own_variables(self) -> dict[str, Any]:
        return {
            "flow": {"id": self.identity.flow_id, "namespace": self.identity.namespace},
            "execution": {"id": self.identity.execution_id},
            "task": {"id": self.identity.task_id},
            "taskrun": {"id": self.identity.task_run_id},
            "workingDir": str(self.directory),
        }


def run_task(kind: type[TaskType], properties: Mapping[str, Any], context: FakeContext | None = None) -> Any:
    """Runs a task as the engine does: validated, rendered, run. Returns its outputs, {} for none."""
    context = context or FakeContext()
    task = kind.model_validate({"id": context.identity.task_id, "type": kind.type_name, **properties})
    result = render_properties(task, context.render, skip=task.unrendered).run(context)
    return dict(result.outputs if isinstance(result, TaskResult) else result or {})
