"""Starting another flow from a task, and taking over how it ended."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.dynamic import as_text, render_properties
from celeriac.core.errors import CeleriacError, TaskFailed
from celeriac.core.execution import CORRELATION, Execution
from celeriac.core.flow import Task
from celeriac.core.labels import parse_labels
from celeriac.core.state import State
from celeriac.plugins.core.flow.subflow import Subflow
from celeriac.services.evaluation import Calls
from celeriac.services.flows import Flows
from celeriac.services.lookup import Lookup
from celeriac.services.outputs import render_at_end
from celeriac.services.run_scope import RunScope
from celeriac.services.starting import Starting
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_execution

MAX_DEPTH = 50


class Subflows:
    """Child executions of Subflow tasks."""

    def __init__(self, around: Surroundings, flows: Flows, starting: Starting) -> None:
        self._around = around
        self._flows = flows
        self._starting = starting

    def call_from(self, parent: Execution) -> Callable[[Any, RunScope], Calls]:
        """`call` for the tasks of one execution."""
        return lambda task, scope: self.call(task, scope, parent)

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
        child.add_secrets({*(parent.secrets or ()), *scope.world.secret_names})
        handle = {"child": child.id, "transmitFailed": one.transmit_failed}
        outputs: dict[str, Any] = {"executionId": child.id}
        if not one.wait:
            outputs["state"] = child.state.value
        return Calls(child, handle, outputs, bool(one.wait))

    def result(
        self, task: Task, handle: Mapping[str, Any], told: Mapping[str, Any]
    ) -> tuple[State, dict[str, Any], str | None]:
        """(state of the task run, its outputs, error) when its child has ended; told: what the child's letter says."""
        state, error = State(told["state"]), None
        outputs = dict(told.get("outputs") or {})
        transmitted = state in (State.FAILED, State.KILLED, State.WARNING) and handle.get("transmitFailed", True)
        if isinstance(task, Subflow) and task.outputs:
            try:
                outputs |= self._rendered(task.outputs, told["child"])
            except CeleriacError as problem:
                error = str(problem)
        found = {"executionId": told["child"], "state": state.value, "outputs": outputs}
        if error is not None:
            return State.FAILED, found, error
        return state if transmitted else State.SUCCESS, found, None

    def _rendered(self, outputs: Mapping[str, Any], child_id: str) -> dict[str, Any]:
        """The outputs that a task declares, rendered with those of the child's tasks."""
        child = self._around.executions.get(child_id)
        if child is None:
            return {}
        index = self._flows.index(child.namespace, child.flow_id, child.flow_revision)
        base = of_execution(child, index, self._around)
        lookup = Lookup(self._around.outputs, self._around.storage, child.id, index)
        masker = self._around.maskers.of(child, index)
        return dict(render_at_end(self._around, child, lookup, base, masker)(outputs))


def _labels(task: Subflow, parent: Execution) -> dict[str, str]:
    labels = {CORRELATION: parent.labels.get(CORRELATION, parent.id)}
    if task.inherit_labels:
        labels |= {key: value for key, value in parent.labels.items() if not key.startswith("system.")}
    own = task.labels
    if isinstance(own, dict):
        own = {key: as_text(value) for key, value in own.items()}
    return labels | dict(parse_labels(own))
