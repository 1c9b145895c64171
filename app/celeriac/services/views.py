"""Executions as the API returns them: Kestra's names and shapes, secrets hidden."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import orjson

from celeriac.core.dates import iso_duration
from celeriac.core.errors import ExecutionNotFound
from celeriac.core.execution import Execution, task_run_id
from celeriac.core.frames import ONCE, TaskRun
from celeriac.core.inputs import masked
from celeriac.core.state import State
from celeriac.services.flows import Flows
from celeriac.services.masking import Maskers
from celeriac.services.variables import iso
from celeriac.storage.internal import Storage
from celeriac.storage.masking import Masker
from celeriac.store.view_store import LogCursor, PastAttempt, ViewStore

Document = dict[str, Any]
LOG_BATCH = 5000


class Views:
    """Reads executions and their logs."""

    def __init__(self, store: ViewStore, flows: Flows, storage: Storage, maskers: Maskers) -> None:
        self._store = store
        self._flows = flows
        self._storage = storage
        self._maskers = maskers

    def ping(self) -> None:
        """Raises what the database raises when it is away."""
        self._store.now_us()

    def execution(self, execution_id: str) -> Document:
        """The execution with its task runs. Raises: ExecutionNotFound."""
        return self._document(execution_id, 0)

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

    def logs(self, execution_ids: Iterable[str], after: LogCursor | None) -> tuple[list[Document], LogCursor]:
        """(new log lines in order of time, the next cursor); 5,000 of one attempt at most a call."""
        lines, cursor = self._store.logs(list(execution_ids), after or {}, LOG_BATCH)
        return [
            {
                "executionId": line.execution_id,
                "taskId": line.task_id,
                "taskRunId": task_run_id(line.execution_id, line.seq) if line.seq else None,
                "attempt": line.attempt - 1,
                "level": line.level,
                "message": line.message,
                "timestamp": iso(line.at_us),
            }
            for line in lines
        ], cursor

    def _document(self, execution_id: str, since_us: int) -> Document:
        execution = self._store.execution(execution_id)
        if execution is None:
            raise ExecutionNotFound(f"Execution {execution_id} does not exist")
        runs = self._store.task_runs(execution_id, since_us)
        past = self._store.attempts(execution_id)
        index = self._flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
        masker = self._maskers.of(execution, index)
        document = execution_document(execution)
        document["inputs"] = masked(index.flow.inputs, execution.inputs)
        for name in ("inputs", "outputs", "variables", "trigger", "labels"):
            document[name] = masker.mask_data(document[name])
        document["taskRunList"] = [
            self._task_run(execution, run, [one for one in past if one.seq == run.seq], masker) for run in runs
        ]
        return document

    def _task_run(self, execution: Execution, run: TaskRun, past: Sequence[PastAttempt], masker: Masker) -> Document:
        outputs = run.outputs
        if run.outputs_uri is not None:
            with self._storage.open(run.outputs_uri) as file:
                outputs = orjson.loads(file.read())
        return task_run_document(execution, run, past) | {"outputs": masker.mask_data(outputs or {})}


def execution_document(execution: Execution) -> Document:
    """An execution without its task runs."""
    histories = [{"state": state, "date": iso(at_us)} for state, at_us in execution.histories]
    return {
        "id": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "flowRevision": execution.flow_revision,
        "inputs": execution.inputs,
        "outputs": execution.outputs,
        "labels": [{"key": key, "value": value} for key, value in execution.labels.items()],
        "variables": execution.variables,
        "trigger": execution.trigger,
        "originalId": execution.id,
        "parentId": execution.parent_id,
        "state": state_document(execution.state.shown, histories, execution.created_us, execution.ended_us),
        "done": execution.done_us is not None,
    }


def task_run_document(execution: Execution, run: TaskRun, past: Sequence[PastAttempt]) -> Document:
    """A task run without its outputs."""
    shown = run.state.shown
    histories = [{"state": state, "date": iso(at_us)} for state, at_us in run.histories]
    if run.state in (State.RUNNING, State.KILLING) and run.started_us and histories[-1]["state"] != shown:
        histories.append({"state": shown, "date": iso(run.started_us)})
    attempts = [_attempt(one.state, one.started_us, one.ended_us) for one in past]
    if run.state is State.SKIPPED or run.started_us is not None or run.state.is_terminal:
        state = (run.attempt_state or run.state).shown
        attempts.append(_attempt(state, run.started_us or run.ended_us, run.ended_us))
    return {
        "id": task_run_id(execution.id, run.seq),
        "executionId": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "taskId": run.task_id,
        "value": run.value,
        "iteration": None if run.iteration == ONCE else run.iteration,
        "parentTaskRunId": task_run_id(execution.id, run.parent_seq) if run.parent_seq else None,
        "state": state_document(shown, histories, run.created_us, run.ended_us),
        "attempts": attempts,
    }


def state_document(current: str, histories: list[Document], start_us: int | None, end_us: int | None) -> Document:
    """`state` of an execution, a task run or an attempt."""
    document: Document = {"current": current, "histories": histories, "startDate": iso(start_us)}
    if end_us is not None and start_us is not None:
        document["endDate"] = iso(end_us)
        document["duration"] = iso_duration(timedelta(microseconds=end_us - start_us))
    return document


def _attempt(state: str, started_us: int | None, ended_us: int | None) -> Document:
    histories = [{"state": "RUNNING", "date": iso(started_us)}]
    if ended_us is not None:
        histories.append({"state": state, "date": iso(ended_us)})
    return {"state": state_document(state, histories, started_us, ended_us)}
