"""Executions, task runs and log lines in Kestra's names and shapes. Pure: secrets are hidden by whoever calls."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from celeriac.core.dates import iso_duration
from celeriac.core.execution import Execution, task_run_id
from celeriac.core.frames import ONCE, TaskRun
from celeriac.core.state import State
from celeriac.services.variables import iso
from celeriac.store.log_store import StoredLog
from celeriac.store.view_store import PastAttempt, StoredMetric

Document = dict[str, Any]


def execution_document(execution: Execution) -> Document:
    """An execution without its task runs."""
    histories = [{"state": state, "date": iso(at_us)} for state, at_us in execution.histories]
    restarts = sum(state == State.RESTARTED for state, _ in execution.histories)
    document: Document = {
        "id": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "flowRevision": execution.flow_revision,
        "inputs": execution.inputs,
        "outputs": execution.outputs,
        "labels": [{"key": key, "value": value} for key, value in execution.labels.items()],
        "variables": execution.variables,
        "trigger": execution.trigger,
        "originalId": execution.original_id or execution.id,
        "parentId": execution.parent_id,
        "kind": "NORMAL",
        "deleted": False,
        "metadata": {"attemptNumber": restarts + 1, "originalCreatedDate": iso(execution.created_us)},
        "state": state_document(execution.state.shown, histories, execution.created_us, execution.ended_us),
        "done": execution.done_us is not None,
    }
    if execution.scheduled_us is not None:
        document["scheduleDate"] = iso(execution.scheduled_us)
    return document


def task_run_document(execution: Execution, run: TaskRun, past: Sequence[PastAttempt]) -> Document:
    """A task run without its outputs."""
    shown = run.shown
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


def log_document(line: StoredLog) -> Document:
    """A log line. `line` orders the lines of an attempt, and names one in it for good."""
    return {
        "executionId": line.execution_id,
        "namespace": line.namespace,
        "flowId": line.flow_id,
        "taskId": line.task_id,
        "taskRunId": task_run_id(line.execution_id, line.seq) if line.seq else None,
        "attempt": line.attempt - 1,
        "attemptNumber": line.attempt - 1,
        "level": line.level,
        "message": line.message,
        "timestamp": iso(line.at_us),
        "line": line.line,
    }


def metric_document(execution: Execution, metric: StoredMetric) -> Document:
    """A measured value."""
    return {
        "executionId": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "taskId": metric.task_id,
        "taskRunId": task_run_id(execution.id, metric.seq),
        "attemptNumber": metric.attempt - 1,
        "name": metric.name,
        "type": metric.type,
        "value": metric.value,
        "tags": metric.tags or {},
        "timestamp": iso(metric.at_us),
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
