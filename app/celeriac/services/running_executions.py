"""Operations on executions that run, or are to run: facts in their inbox, which `advance` folds in order."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celeriac.core.errors import Refused
from celeriac.core.execution import Letter
from celeriac.core.flow import Pausing
from celeriac.core.state import State
from celeriac.services.execution_parts import ExecutionParts


class RunningExecutions(ExecutionParts):
    """Kills, pauses and resumes. Each raises ExecutionNotFound, and Refused in a state that does not allow it."""

    def kill(self, execution_id: str, *, cascade: bool = True) -> None:
        """Asks for the end of an execution and, with `cascade`, of its subflows."""
        self.open_execution(execution_id)
        self.tell(Letter(execution_id, "kill", payload=None if cascade else {"cascade": False}))

    def pause(self, execution_id: str) -> None:
        """Lets no further task run start; what runs goes on to its end."""
        execution = self.open_execution(execution_id)
        if execution.state is not State.RUNNING:
            raise Refused(f"Execution {execution_id} is {execution.state.shown}: only a RUNNING one can be paused")
        self.tell(Letter(execution_id, "pause"))

    def resume(
        self,
        execution_id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        file_inputs: Mapping[str, Path] | None = None,
    ) -> None:
        """Lets a paused execution go on; the first task that pauses it takes the inputs. Raises: InputsInvalid."""
        execution = self.open_execution(execution_id)
        if execution.state is not State.PAUSED:
            raise Refused(f"Execution {execution_id} is {execution.state.shown}: only a PAUSED one can be resumed")
        run = self.store.first_paused(execution_id)
        if run is None:
            self.tell(Letter(execution_id, "resume"))
            return
        index = self.flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
        task = index.task(run.task_id)
        declared = task.on_resume if isinstance(task, Pausing) else []
        values, warnings = self.starting.read_inputs(execution, index, declared, inputs or {}, file_inputs or {})
        if warnings:
            self.store.log(execution_id, "WARN", warnings)
        self.tell(Letter(execution_id, "resume", run.seq, {"inputs": values, "secrets": execution.secrets}))

    def force_run(self, execution_id: str) -> None:
        """Starts at once what waits for its date, resumes what is paused; nothing for what runs."""
        execution = self.open_execution(execution_id)
        if execution.state is State.PAUSED:
            self.resume(execution_id)
        elif execution.state is State.CREATED:
            self.tell(Letter(execution_id, "start"))

    def kill_cell(self, cell: str) -> list[str]:
        """Marks everything open of a cell that is gone KILLED; returns the ids. Nothing of it may still run."""
        return self.sweep.kill_cell(cell)
