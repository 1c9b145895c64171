"""Operations on executions that run, or are to run: facts in their inbox, which `advance` folds in order."""

from celeriac.core.errors import Refused
from celeriac.core.execution import Letter
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

    def resume(self, execution_id: str) -> None:
        """Lets a paused execution go on."""
        execution = self.open_execution(execution_id)
        if execution.state is not State.PAUSED:
            raise Refused(f"Execution {execution_id} is {execution.state.shown}: only a PAUSED one can be resumed")
        self.tell(Letter(execution_id, "resume"))

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
