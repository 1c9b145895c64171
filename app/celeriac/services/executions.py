"""Starting and steering executions. Commands become facts in the inbox; `advance` applies them in order."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celeriac.core.errors import ExecutionNotFound, Refused
from celeriac.core.execution import Letter
from celeriac.services.publishing import Publisher
from celeriac.services.starting import Starting
from celeriac.store.execution_store import ExecutionStore
from celeriac.store.sweep_store import SweepStore


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
    ) -> str:
        """Starts a flow; returns the execution's id. Raises: FlowNotFound, FlowInvalid, Refused, InputsInvalid."""
        execution, warnings = self._starting.new_execution(
            namespace, flow_id, inputs or {}, revision=revision, labels=labels, files=file_inputs
        )
        self._store.create(execution)
        if warnings:
            self._store.log_warnings(execution.id, warnings)
        self._publisher.advance([execution.id])
        return execution.id

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
