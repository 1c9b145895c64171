"""Executions as the API returns them: Kestra's names and shapes, secrets hidden."""

from collections.abc import Iterable, Sequence
from typing import Any

from celeriac.core.errors import CeleriacError, ExecutionNotFound, NotFound
from celeriac.core.execution import Execution, task_run_id
from celeriac.core.frames import ONCE
from celeriac.core.inputs import MASK, masked
from celeriac.core.page import Page
from celeriac.core.state import State
from celeriac.services.documents import Document, execution_document, log_document, metric_document
from celeriac.services.flows import Flows
from celeriac.services.masking import Maskers
from celeriac.services.run_views import Allowance, RunViews
from celeriac.storage.internal import Storage
from celeriac.storage.masking import Masker
from celeriac.store.log_store import LogCursor, LogStore
from celeriac.store.view_store import ViewStore

__all__ = ["Document", "Views"]

LOG_BATCH = 5000
_TEXTS = ("inputs", "outputs", "variables", "trigger", "labels")
_CREATED_IN = [state for state in State if state.shown == State.CREATED.value]


class Views:
    """Reads executions and their logs."""

    def __init__(self, store: ViewStore, logs: LogStore, flows: Flows, storage: Storage, maskers: Maskers) -> None:
        self._store = store
        self._logs = logs
        self._runs = RunViews(store, storage)
        self._flows = flows
        self._maskers = maskers

    def ping(self) -> None:
        """Raises what the database raises when it is away."""
        self._store.now_us()

    def stored(self, execution_id: str) -> Execution:
        """The execution as it is stored, with its secrets. Raises: ExecutionNotFound."""
        execution = self._store.execution(execution_id)
        if execution is None:
            raise ExecutionNotFound(f"Execution {execution_id} does not exist")
        return execution

    def execution(self, execution_id: str, *, most_bytes: int | None = None) -> Document:
        """The execution with its task runs; of their outputs at most so many bytes. Raises: ExecutionNotFound."""
        return self._document(execution_id, 0, None if most_bytes is None else Allowance(most_bytes, most_bytes))

    def created(self, execution: Execution) -> Document:
        """An execution that has only just been written, without looking at the database."""
        return self.header(execution) | {"taskRunList": []}

    def header(self, execution: Execution, masker: Masker | None = None) -> Document:
        """An execution without its task runs."""
        document = execution_document(execution)
        try:
            index = self._flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
            masker = masker or self._maskers.of(execution, index)
            document["inputs"] = masked(index.flow.inputs, execution.inputs)
        except CeleriacError:
            return document | {name: _hidden(document[name]) for name in _TEXTS if name != "labels"}
        return document | {name: masker.mask_data(document[name]) for name in _TEXTS}

    def headers(self, executions: Iterable[Execution]) -> list[Document]:
        """Executions without their task runs."""
        return [self.header(execution) for execution in executions]

    def children(self, execution_id: str) -> list[Document]:
        """The executions that its tasks started, and theirs, oldest first."""
        found = []
        for child in self._store.children(execution_id):
            found += [self._document(child, 0), *self.children(child)]
        return found

    def changes(self, execution_id: str, cursor: int | None) -> tuple[Document, int]:
        """(the execution with the task runs that changed since the cursor, the next cursor)."""
        now = self._store.now_us()
        return self._document(execution_id, cursor or 0), now - 2_000_000

    def task_runs(
        self,
        execution_id: str,
        parent_task_run_id: str | None = None,
        states: Iterable[State] = (),
        cursor: int = 0,
        size: int = 100,
    ) -> Page[Document]:
        """Task runs directly below a task run, or the flow, with their outputs. total: of the execution's task runs.

        Raises: ExecutionNotFound, NotFound.
        """
        execution = self.stored(execution_id)
        parent = self.seq_of(execution_id, parent_task_run_id) if parent_task_run_id else 0
        stored = {one.value for state in states for one in (_CREATED_IN if state is State.CREATED else (state,))}
        runs = self._store.children_of(execution_id, parent, sorted(stored), cursor, size)
        more = str(runs[-1].seq) if len(runs) == size else None
        documents = self._runs.documents(execution, runs, self.masker(execution))
        return Page(documents, sum(self._store.count(execution_id).values()), cursor=more)

    def first_task_runs(self, execution: Execution, most: int) -> list[Document]:
        """The first task runs of an execution, without their outputs."""
        runs = self._store.first(execution.id, most)
        return self._runs.bare_documents(execution, runs)

    def states_of_tasks(self, execution_id: str) -> dict[str, int]:
        """{state of task runs as people see it: how many}."""
        found: dict[str, int] = {}
        for state, count in self._store.count(execution_id).items():
            shown = State(state).shown
            found[shown] = found.get(shown, 0) + count
        return found

    def runs_by_seq(
        self, execution: Execution, seqs: Sequence[int], most_bytes: int, together: int | None = None
    ) -> list[Document]:
        """Some task runs with as many bytes of outputs, each and together."""
        if not seqs:
            return []
        runs, masker = self._store.some(execution.id, seqs), self.masker(execution)
        return self._runs.documents(execution, runs, masker, Allowance(most_bytes, together or most_bytes))

    def masker(self, execution: Execution) -> Masker:
        """Hides what the execution must not show. Raises what makes its flow unreadable."""
        index = self._flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
        return self._maskers.of(execution, index)

    def seq_of(self, execution_id: str, run_id: str) -> int:
        """The number of a task run. Raises: NotFound."""
        for seq in self._store.seqs(execution_id):
            if task_run_id(execution_id, seq) == run_id:
                return seq
        raise NotFound(f"Execution {execution_id} has no task run {run_id}")

    def task_run(self, execution_id: str, run_id: str) -> Document:
        """A task run with its outputs. Raises: ExecutionNotFound, NotFound."""
        execution = self.stored(execution_id)
        runs = self._store.some(execution_id, [self.seq_of(execution_id, run_id)])
        if not runs:
            raise NotFound(f"Execution {execution_id} has no task run {run_id}")
        return self._runs.documents(execution, runs, self.masker(execution))[0]

    def output_places(self, execution_id: str) -> list[Document]:
        """Which task runs have outputs. Raises: ExecutionNotFound."""
        masker = self.masker(self.stored(execution_id))
        return [
            {
                "taskId": one.task_id,
                "taskRunId": task_run_id(execution_id, one.seq),
                "value": masker.mask_data(one.value),
                "iteration": None if one.iteration == ONCE else one.iteration,
                "inline": bool(one.is_inline),
            }
            for one in self._store.with_outputs(execution_id)
        ]

    def metrics(self, execution_id: str, run_id: str | None = None, task_id: str | None = None) -> list[Document]:
        """What the attempts have measured, of a task run or a task only. Raises: ExecutionNotFound."""
        execution = self.stored(execution_id)
        masker = self.masker(execution)
        documents = [metric_document(execution, one) for one in self._store.metrics(execution_id)]
        return [
            document | {"tags": masker.mask_data(document["tags"])}
            for document in documents
            if run_id in (None, document["taskRunId"]) and task_id in (None, document["taskId"])
        ]

    def logs(self, execution_ids: Iterable[str], after: LogCursor | None) -> tuple[list[Document], LogCursor]:
        """(new log lines in order of time, the next cursor); 5,000 of one attempt at most a call."""
        lines, cursor = self._logs.news(list(execution_ids), after or {}, LOG_BATCH)
        return [log_document(line) for line in lines], cursor

    def _document(self, execution_id: str, since_us: int, allowance: Allowance | None = None) -> Document:
        execution = self.stored(execution_id)
        runs = self._store.task_runs(execution_id, since_us)
        masker = self.masker(execution)
        document = self.header(execution, masker)
        document["taskRunList"] = self._runs.documents(execution, runs, masker, allowance)
        return document


def _hidden(value: Any) -> Any:
    """What cannot be told from a secret, for the flow cannot be read any more."""
    if isinstance(value, dict):
        return dict.fromkeys(value, MASK)
    return value if value is None else MASK
