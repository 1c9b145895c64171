"""The variables of expressions: flow, execution, task, taskrun, inputs, outputs and the others."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from celeriac.core.execution import Execution, task_run_id
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import ONCE, TaskRun
from celeriac.core.inputs import as_variables, with_secrets
from celeriac.services.lookup import Lookup, RunsByTask
from celeriac.services.surroundings import Surroundings


def iso(us: int | None) -> str | None:
    """Microseconds since the epoch → `2026-01-31T12:00:00.000000Z`."""
    if us is None:
        return None
    return datetime.fromtimestamp(us / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{us % 1_000_000:06d}Z"


def nested(labels: Mapping[str, Any]) -> dict[str, Any]:
    """{"a.b": 1} → {"a": {"b": 1}}; a key that is also the beginning of others stays flat."""
    found: dict[str, Any] = {}
    for key, value in labels.items():
        *path, last = key.split(".")
        level: Any = found
        for step in path:
            level = level.setdefault(step, {}) if isinstance(level, dict) else None
        if isinstance(level, dict):
            level[last] = value
    return found


def of_execution(execution: Execution, index: FlowIndex, around: Surroundings) -> dict[str, Any]:
    """What every task of an execution sees."""
    variables: dict[str, Any] = {
        **around.shared_variables,
        "flow": {"id": execution.flow_id, "namespace": execution.namespace, "revision": execution.flow_revision},
        "execution": {
            "id": execution.id,
            "state": execution.state.shown,
            "startDate": iso(execution.created_us),
            "originalId": execution.original_id or execution.id,
        },
        "labels": nested(execution.labels),
    }
    if index.flow.inputs:
        plain = with_secrets(index.flow.inputs, execution.inputs, around.encryption.decrypt)
        variables["inputs"] = as_variables(index.flow.inputs, plain)
    if execution.variables:
        variables["vars"] = execution.variables
    if execution.trigger:
        variables["trigger"] = execution.trigger.get("variables", {})
    if execution.outputs:
        variables["execution"]["outputs"] = execution.outputs
    return variables


def of_task_run(base: Mapping[str, Any], lookup: Lookup, run: TaskRun) -> dict[str, Any]:
    """The variables of a task run: those of its execution, its own and those of what stands around it."""
    x = lookup.execution_id
    task = lookup.index.task(run.task_id)
    own: dict[str, Any] = {
        "id": task_run_id(x, run.seq),
        "startDate": iso(run.started_us or run.created_us),
        "attemptsCount": run.attempt - 1,
    }
    if run.value is not None:
        own["value"] = run.value
    if run.iteration != ONCE:
        own["iteration"] = run.iteration
    parents: list[dict[str, Any]] = []
    if run.parent_seq:
        own["parentId"] = task_run_id(x, run.parent_seq)
        parents = [shown for one in lookup.ancestors(run) if (shown := _ancestor(lookup, one))]
    variables = {
        **base,
        "task": {"id": task.id, "type": task.type},
        "taskrun": own,
        "outputs": RunsByTask(lookup, lookup.outputs),
        "tasks": RunsByTask(lookup, lambda one: {"state": one.state.shown}),
        "parents": parents,
    }
    if parents:
        variables["parent"] = parents[0]
    return variables


def _ancestor(lookup: Lookup, run: TaskRun) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if run.value is not None:
        shown["taskrun"] = {"value": run.value} | ({"iteration": run.iteration} if run.iteration != ONCE else {})
    if outputs := lookup.outputs(run):
        shown["outputs"] = outputs
    return shown
