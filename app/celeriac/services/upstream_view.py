"""The execution that a trigger hears of, as its expressions see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from celeriac.core.collecting import merged
from celeriac.core.condition_type import Upstream
from celeriac.core.execution import CORRELATION, Execution
from celeriac.core.state import State
from celeriac.services.variables import iso, nested
from celeriac.store.flow_event_store import FlowEventStore


@dataclass(frozen=True)
class Heard:
    """An execution has entered a state. at_us: when."""

    execution: Execution
    state: str
    at_us: int
    events: FlowEventStore

    @property
    def key(self) -> str:
        """The same for ever: what it has started is not started again."""
        return f"{self.execution.id}/{self.state}/{self.at_us}"

    @property
    def correlation(self) -> dict[str, str]:
        """The label that what it starts inherits."""
        return {CORRELATION: self.execution.labels.get(CORRELATION, self.execution.id)}

    @property
    def is_end(self) -> bool:
        return State(self.state).is_terminal

    @cached_property
    def upstream(self) -> Upstream:
        """What conditions ask of it."""
        one = self.execution
        outputs = one.outputs or {} if self.is_end else {}
        retried = self.events.retried(one.id)
        secrets = tuple(one.secrets or ())
        return Upstream(one.id, one.namespace, one.flow_id, self.state, one.labels, outputs, retried, secrets)

    @cached_property
    def variables(self) -> dict[str, Any]:
        """`trigger.…` without outputs and tasks."""
        one = self.execution
        found: dict[str, Any] = {
            "executionId": one.id,
            "executionLabels": {key: text for key, text in one.labels.items() if not key.startswith("system.")},
            "namespace": one.namespace,
            "flowId": one.flow_id,
            "flowRevision": one.flow_revision,
            "state": self.state,
            "startDate": iso(one.created_us),
        }
        return {**found, "endDate": iso(self.at_us)} if self.is_end else found

    @cached_property
    def tasks(self) -> dict[str, str]:
        """Which of its tasks `trigger.…` names."""
        last, failed = self.events.task_ids(self.execution.id)
        found = {"lastTaskId": last, "firstFailedTaskId": failed}
        return {name: task_id for name, task_id in found.items() if task_id is not None}

    @cached_property
    def context(self) -> dict[str, Any]:
        """What `when` and conditions see."""
        one, upstream = self.execution, self.upstream
        return {
            "execution": {
                "id": one.id,
                "state": self.state,
                "startDate": iso(one.created_us),
                "outputs": dict(upstream.outputs),
            },
            "flow": {"id": one.flow_id, "namespace": one.namespace, "revision": one.flow_revision},
            "labels": nested(one.labels),
            "namespace": one.namespace,
            "flowId": one.flow_id,
            "state": self.state,
            "outputs": dict(upstream.outputs),
            "hasRetryAttempt": bool(upstream.retried),
            "trigger": {**self.variables, "outputs": dict(upstream.outputs)},
        }


def trigger_variables(heard: Heard, collected: Sequence[Mapping[str, Any]], *, scopes_outputs: bool) -> dict[str, Any]:
    """`trigger.…` of the execution that is started. collected: states of the collections that are complete.

    Source: Kestra 2.0: outputs by namespace and flow for `dependsOn`, merged without them for `preconditions`.
    """
    own: Mapping[str, Any] = heard.upstream.outputs
    outputs: dict[str, Any] = {} if collected else dict(own)
    parts = [value for state in collected for value in state["outputs"].values()]
    for namespace, flow_id, found, _ in parts:
        if not scopes_outputs:
            outputs = merged(outputs, found)
        elif found:
            outputs = merged(outputs, {flow_id: found, namespace: {flow_id: found}})
    if scopes_outputs and len(parts) == 1:
        outputs |= own
    return heard.variables | heard.tasks | ({"outputs": outputs} if outputs else {})
