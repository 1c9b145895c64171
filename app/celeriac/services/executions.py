"""Starting and steering executions. Commands become facts in the inbox; `advance` applies them in order."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from celeriac.core.errors import ExecutionNotFound, Refused
from celeriac.core.execution import Execution, Letter, Once
from celeriac.services.publishing import Publisher
from celeriac.services.starting import Starting
from celeriac.store.execution_store import AlreadyStarted, ExecutionStore
from celeriac.store.sweep_store import SweepStore


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


class Executions:
    """What people and programs do with executions."""

    def __init__(self, store: ExecutionStore, sweep: SweepStore, starting: Starting, publisher: Publisher) -> None:
        self._store = store
        self._sweep = sweep
        self._starting = starting
        self._publisher = publisher

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
        if once is not None and (found := self._store.started(once)) is not None:
            return Started(found, is_new=False)
        execution, warnings = self._starting.new_execution(
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
            self._store.create(execution, once)
        except AlreadyStarted as other:
            return Started(other.execution_id, is_new=False)
        if warnings:
            self._store.log(execution.id, "WARN", warnings)
        if not execution.is_for_later:
            self._publisher.advance([execution.id])
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
        execution = self._starting.failed_execution(
            namespace, flow_id, revision=revision, labels=labels, trigger=trigger
        )
        try:
            self._store.create(execution, once)
        except AlreadyStarted as other:
            return Started(other.execution_id, is_new=False)
        self._store.log(execution.id, "ERROR", [reason])
        return Started(execution.id, is_new=True)

    def kill(self, execution_id: str) -> None:
        """Asks for the end of an execution and its subflows. Raises: ExecutionNotFound, Refused when it has ended."""
        execution = self._store.get(execution_id)
        if execution is None:
            raise ExecutionNotFound(f"Execution {execution_id} does not exist")
        if execution.ended_us is not None:
            raise Refused(f"Execution {execution_id} has already ended {execution.state.value}")
        self._store.deliver([Letter(execution_id, "kill")])
        self._publisher.advance([execution_id])

    def kill_cell(self, cell: str) -> list[str]:
        """Marks everything open of a cell that is gone KILLED; returns the ids. Nothing of it may still run."""
        return self._sweep.kill_cell(cell)
