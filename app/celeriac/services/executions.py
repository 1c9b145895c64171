"""Starting executions. What else can be done with them stands in the classes that `Executions` joins."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from celeriac.core.execution import Execution, Once
from celeriac.services.replays import Replays
from celeriac.services.running_executions import RunningExecutions
from celeriac.store.execution_store import AlreadyStarted


class Started(str):
    """The id of an execution. is_new: False when it had been started before, by the same `Once`.

    execution: as it was written, when it is new.
    """

    is_new: bool
    execution: Execution | None

    def __new__(cls, execution_id: str, *, is_new: bool, execution: Execution | None = None) -> Self:
        started = super().__new__(cls, execution_id)
        started.is_new = is_new
        started.execution = execution
        return started


class Executions(RunningExecutions, Replays):
    """What people and programs do with executions: the only way to start and steer them."""

    def start(
        self,
        namespace: str,
        flow_id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        revision: int | None = None,
        labels: Mapping[str, str] | None = None,
        file_inputs: Mapping[str, Path] | None = None,
        once: Once | None = None,
        scheduled_at: datetime | None = None,
        trigger: dict[str, Any] | None = None,
        secrets: Iterable[str] = (),
    ) -> Started:
        """Starts a flow, at `scheduled_at` if that is still to come; what has been started `once` is found again.

        secrets: names of those that inputs, labels or trigger may show.
        Raises: FlowNotFound, FlowInvalid, Refused, InputsInvalid.
        """
        if once is not None and (found := self.store.started(once)) is not None:
            return Started(found, is_new=False)
        execution, warnings = self.starting.new_execution(
            namespace,
            flow_id,
            inputs or {},
            revision=revision,
            labels=labels,
            trigger=trigger,
            files=file_inputs,
            scheduled_at=scheduled_at,
        )
        execution.add_secrets(secrets)
        try:
            self.store.create(execution, once)
        except AlreadyStarted as other:
            return Started(other.execution_id, is_new=False)
        if not execution.is_for_later:
            self.publisher.advance([execution.id])
        if warnings:
            self.store.log(execution.id, "WARN", warnings)
        return Started(execution.id, is_new=True, execution=execution)

    def record_failed(
        self,
        namespace: str,
        flow_id: str,
        reason: str,
        *,
        revision: int | None = None,
        labels: Mapping[str, str] | None = None,
        once: Once | None = None,
        trigger: dict[str, Any] | None = None,
    ) -> Started:
        """Shows, as a FAILED execution with the reason in its log, what a trigger could not start.

        Raises: FlowNotFound.
        """
        execution = self.starting.failed_execution(
            namespace, flow_id, revision=revision, labels=labels, trigger=trigger
        )
        try:
            self.store.create(execution, once)
        except AlreadyStarted as other:
            return Started(other.execution_id, is_new=False)
        self.store.log(execution.id, "ERROR", [reason])
        return Started(execution.id, is_new=True)
