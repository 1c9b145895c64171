"""Starting another flow from a task, and taking over how it ended."""

from collections.abc import Mapping
from typing import Any

from celeriac.core.dynamic import as_text, render_properties
from celeriac.core.errors import CeleriacError, TaskFailed
from celeriac.core.execution import Execution
from celeriac.core.labels import parse_labels
from celeriac.core.state import State
from celeriac.plugins.core.flow.subflow import Subflow
from celeriac.services.evaluation import Calls
from celeriac.services.run_scope import RunScope
from celeriac.services.starting import CORRELATION, Starting

MAX_DEPTH = 50


class Subflows:
    """Child executions of Subflow tasks."""

    def __init__(self, starting: Starting) -> None:
        self._starting = starting

    def call(self, task: Subflow, scope: RunScope, parent: Execution) -> Calls:
        """The child execution that a Subflow task starts. Raises: TaskFailed, ExpressionError."""
        one = render_properties(task, scope.render)
        if parent.depth >= MAX_DEPTH:
            raise TaskFailed(f"Subflows are nested {MAX_DEPTH} deep: {one.namespace}.{one.flow_id} is not started")
        trigger = {
            "id": task.id,
            "type": task.type,
            "variables": {
                "executionId": parent.id,
                "namespace": parent.namespace,
                "flowId": parent.flow_id,
                "flowRevision": parent.flow_revision,
                "taskRunId": scope.identity.task_run_id,
                "taskId": task.id,
            },
        }
        try:
            child, warnings = self._starting.new_execution(
                one.namespace,
                one.flow_id,
                one.inputs or {},
                revision=one.revision,
                labels=_labels(one, parent),
                trigger=trigger,
                cell=parent.cell,
            )
        except CeleriacError as error:
            raise TaskFailed(f"Unable to start the subflow {one.namespace}.{one.flow_id}: {error}") from error
        for warning in warnings:
            scope.logger.warning(warning)
        child.depth = parent.depth + 1
        handle = {"child": child.id, "transmitFailed": one.transmit_failed}
        outputs: dict[str, Any] = {"executionId": child.id}
        if not one.wait:
            outputs["state"] = child.state.value
        return Calls(child, handle, outputs, bool(one.wait))

    def result(
        self, handle: Mapping[str, Any], state: State, outputs: Mapping[str, Any] | None
    ) -> tuple[State, dict[str, Any]]:
        """(state of the task run, its outputs) when the child ended as `state`."""
        transmitted = state in (State.FAILED, State.KILLED, State.WARNING) and handle.get("transmitFailed", True)
        return state if transmitted else State.SUCCESS, {"state": state.value, "outputs": dict(outputs or {})}


def _labels(task: Subflow, parent: Execution) -> dict[str, str]:
    labels = {CORRELATION: parent.labels.get(CORRELATION, parent.id)}
    if task.inherit_labels:
        labels |= {key: value for key, value in parent.labels.items() if not key.startswith("system.")}
    own = task.labels
    if isinstance(own, dict):
        own = {key: as_text(value) for key, value in own.items()}
    return labels | dict(parse_labels(own))
