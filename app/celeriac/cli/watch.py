"""An execution and its subexecutions as they go on: the task runs seen so far, kept up to date by small polls."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from celeriac.cli.ports import Document, Views
from celeriac.core.errors import ExecutionNotFound


@dataclass(slots=True)
class Progress:
    """One execution as seen so far. runs: {task run id: task run}, in order of creation."""

    id: str
    runs: dict[str, Document] = field(default_factory=dict)
    state: str = "CREATED"
    flow_id: str = ""
    namespace: str = ""
    done: bool = False
    cursor: Any = None

    def update(self, document: Document, cursor: Any) -> list[Document]:
        """Takes over what changed; returns the task runs whose state is another than before."""
        self.state = document["state"]["current"]
        self.flow_id, self.namespace = document.get("flowId", ""), document.get("namespace", "")
        self.done, self.cursor = bool(document.get("done")), cursor
        changed = []
        for run in document.get("taskRunList") or ():
            before = self.runs.get(run["id"])
            if before is None or before["state"]["current"] != run["state"]["current"]:
                changed.append(run)
            self.runs[run["id"]] = run
        return changed

    def children(self) -> dict[str | None, list[Document]]:
        """{parent task run id: its task runs}; None = the tasks of the flow."""
        found: dict[str | None, list[Document]] = {}
        for run in self.runs.values():
            found.setdefault(run.get("parentTaskRunId"), []).append(run)
        return found

    def counts(self) -> Counter[str]:
        """{state: task runs}"""
        return Counter(run["state"]["current"] for run in self.runs.values())


@dataclass(frozen=True, slots=True)
class News:
    """What one look brought: task runs with a new state (and their execution), new log lines."""

    changed: tuple[tuple[Progress, Document], ...] = ()
    logs: tuple[Document, ...] = ()


class Watch:
    """Follows one execution and the executions that its task runs name as `executionId` in their outputs."""

    def __init__(self, views: Views, execution_id: str) -> None:
        self._views = views
        self._log_cursor: Any = None
        self._unknown: set[str] = set()
        self.main = Progress(execution_id)
        self.progresses: dict[str, Progress] = {execution_id: self.main}

    def look(self) -> News:
        """Asks once for all that is new. Logs are read last, so that a done execution has all of its lines."""
        changed: list[tuple[Progress, Document]] = []
        waiting = [progress for progress in self.progresses.values() if not progress.done]
        while waiting:
            progress = waiting.pop()
            document, cursor = self._views.changes(progress.id, progress.cursor)
            runs = progress.update(document, cursor)
            changed += [(progress, run) for run in runs]
            waiting += self._new_children(document.get("taskRunList") or ())
        logs, self._log_cursor = self._views.logs(list(self.progresses), self._log_cursor)
        return News(tuple(changed), tuple(logs))

    def child_of(self, run: Document) -> Progress | None:
        """The execution that a task run started."""
        return self.progresses.get((run.get("outputs") or {}).get("executionId") or "")

    def origin(self, execution_id: str | None) -> str:
        """`subflow / ` for what belongs to a subexecution, empty for the main one: the beginning of a name."""
        progress = self.progresses.get(execution_id or "")
        return "" if progress is None or progress is self.main else f"{progress.flow_id} / "

    def _new_children(self, runs: Any) -> Iterator[Progress]:
        for run in runs:
            child_id = (run.get("outputs") or {}).get("executionId")
            if not isinstance(child_id, str) or child_id in self.progresses or child_id in self._unknown:
                continue
            if self._exists(child_id):
                self.progresses[child_id] = Progress(child_id)
                yield self.progresses[child_id]

    def _exists(self, execution_id: str) -> bool:
        try:
            self._views.changes(execution_id, None)
        except ExecutionNotFound:
            self._unknown.add(execution_id)
            return False
        return True
