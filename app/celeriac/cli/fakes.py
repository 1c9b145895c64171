"""A fake of the application, as the commands see it: flows by file name, executions as films."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from celeriac.cli.ports import Document
from celeriac.core.errors import ExecutionNotFound, FlowInvalid, Problem, StoredFileNotFound
from celeriac.core.flow import Flow, Mode, Task


class FakeTask(Task):
    """A task of any kind."""

    flow_id: str | None = None
    namespace: str | None = None


class FakeSubflow(FakeTask):
    """A task that starts another flow."""

    mode = Mode.CHILD


@dataclass
class FakeParsed:
    """What a file says."""

    flow: Flow | None = None
    problems: Sequence[Problem] = ()
    unsupported: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()


@dataclass
class FakeRegistered:
    """A stored flow."""

    namespace: str
    id: str
    parsed: FakeParsed
    revision: int = 1


@dataclass
class FakeFlows:
    """Flows by file name; `says` is what parsing gives."""

    says: dict[str, FakeParsed] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)

    def parse(self, source: str, file: str) -> FakeParsed:
        return self.says[Path(file).name]

    def register(self, source: str, file: str) -> FakeRegistered:
        parsed = self.parse(source, file)
        if parsed.flow is None:
            raise FlowInvalid(parsed.problems)
        self.registered.append(Path(file).name)
        return FakeRegistered(parsed.flow.namespace, parsed.flow.id, parsed)


@dataclass
class FakeExecutions:
    """Notes what it is told."""

    killed: list[str] = field(default_factory=list)

    def start(self, namespace: str, flow_id: str, inputs: Mapping[str, Any], **more: Any) -> str:
        return "x1"

    def kill(self, execution_id: str) -> None:
        self.killed.append(execution_id)

    def kill_cell(self, cell: str) -> list[str]:
        return [cell]


@dataclass
class FakeViews:
    """Plays films: {execution id: documents, one a look; the last one stays}. log_lines: one list a look."""

    films: dict[str, list[Document]] = field(default_factory=dict)
    log_lines: list[list[Document]] = field(default_factory=list)

    def execution(self, execution_id: str) -> Document:
        if execution_id not in self.films:
            raise ExecutionNotFound(execution_id)
        return self.films[execution_id][-1]

    def children(self, execution_id: str) -> list[Document]:
        found = []
        for film in self.films.values():
            if film[-1].get("parentId") == execution_id:
                found += [film[-1], *self.children(film[-1]["id"])]
        return found

    def changes(self, execution_id: str, cursor: Any) -> tuple[Document, Any]:
        if execution_id not in self.films:
            raise ExecutionNotFound(execution_id)
        film, number = self.films[execution_id], cursor or 0
        return film[min(number, len(film) - 1)], number + 1

    def logs(self, execution_ids: Iterable[str], after: Any) -> tuple[list[Document], Any]:
        number = after or 0
        return (self.log_lines[number] if number < len(self.log_lines) else []), number + 1


@dataclass
class FakeFiles:
    """Stored files in memory."""

    contents: dict[str, bytes] = field(default_factory=dict)

    def size(self, uri: str) -> int:
        if uri not in self.contents:
            raise StoredFileNotFound(uri)
        return len(self.contents[uri])

    @contextmanager
    def open(self, uri: str) -> Iterator[BinaryIO]:
        if uri not in self.contents:
            raise StoredFileNotFound(uri)
        yield BytesIO(self.contents[uri])


@dataclass
class FakeEngine:
    """The application."""

    flows: FakeFlows = field(default_factory=FakeFlows)
    executions: FakeExecutions = field(default_factory=FakeExecutions)
    views: FakeViews = field(default_factory=FakeViews)
    files: FakeFiles = field(default_factory=FakeFiles)

    def migrate(self) -> None:
        pass

    def canvas(self, flow: Flow) -> Sequence[str]:
        return [flow.id]


def make_flow(flow_id: str, *subflows: str, namespace: str = "n", **more: Any) -> Flow:
    """A flow with one task for each subflow that it names, or one task."""
    tasks: list[Task] = [
        FakeSubflow(id=f"t{number}", type="sub", flow_id=name, namespace=namespace)
        for number, name in enumerate(subflows)
    ]
    return Flow(id=flow_id, namespace=namespace, tasks=tasks or [FakeTask(id="t", type="any")], **more)


def make_run(task_id: str, state: str = "SUCCESS", **more: Any) -> Document:
    """A task run as the API shows it."""
    histories = [
        {"state": "CREATED", "date": "2026-01-01T10:00:00Z"},
        {"state": "RUNNING", "date": "2026-01-01T10:00:01Z"},
        {"state": state, "date": "2026-01-01T10:00:03.500Z"},
    ]
    ended = state in ("SUCCESS", "FAILED", "WARNING", "KILLED")
    return {
        "id": f"run-{task_id}{more.get('value', '')}",
        "taskId": task_id,
        "parentTaskRunId": None,
        "value": None,
        "state": {
            "current": state,
            "histories": histories if ended else histories[:2],
            "startDate": "2026-01-01T10:00:00Z",
            "endDate": "2026-01-01T10:00:03.500Z" if ended else None,
        },
        "attempts": [],
        "outputs": {},
        **more,
    }


def make_document(execution_id: str, state: str, *runs: Document, done: bool = True, **more: Any) -> Document:
    """An execution as the API shows it."""
    return {
        "id": execution_id,
        "namespace": "n",
        "flowId": "f",
        "state": make_run("x", state)["state"],
        "taskRunList": list(runs),
        "outputs": None,
        "done": done,
        **more,
    }
