"""What the operations on executions share. Each kind of them is a class in a file of its own, `Executions` is all."""

from dataclasses import dataclass

from celeriac.core.errors import ExecutionNotFound, Refused
from celeriac.core.execution import Execution, Letter, task_run_id
from celeriac.services.flows import Flows
from celeriac.services.publishing import Publisher
from celeriac.services.starting import Starting
from celeriac.services.surroundings import Surroundings
from celeriac.store.copy_store import CopyStore, PlacedRun
from celeriac.store.ended_store import EndedStore
from celeriac.store.execution_store import ExecutionStore
from celeriac.store.sweep_store import SweepStore


@dataclass
class ExecutionParts:
    """Made once by wiring."""

    around: Surroundings
    flows: Flows
    starting: Starting
    publisher: Publisher
    ended: EndedStore
    copies: CopyStore
    sweep: SweepStore

    @property
    def store(self) -> ExecutionStore:
        return self.around.executions

    def get(self, execution_id: str) -> Execution:
        """The execution. Raises: ExecutionNotFound."""
        execution = self.store.get(execution_id)
        if execution is None:
            raise ExecutionNotFound(f"Execution {execution_id} does not exist")
        return execution

    def open_execution(self, execution_id: str) -> Execution:
        """An execution that still runs, or will. Raises: ExecutionNotFound, Refused."""
        execution = self.get(execution_id)
        if execution.ended_us is not None:
            raise Refused(f"Execution {execution_id} has already ended {execution.state.value}")
        return execution

    def ended_execution(self, execution_id: str, purpose: str) -> Execution:
        """An execution in which nothing runs any more. purpose: `be deleted`. Raises: ExecutionNotFound, Refused."""
        execution = self.get(execution_id)
        if execution.done_us is None:
            state = execution.state.shown
            left = ", its afterExecution tasks still run" if execution.ended_us is not None else ""
            raise Refused(f"Execution {execution_id} is {state}{left}: only one that has ended can {purpose}")
        return execution

    def tell(self, letter: Letter) -> None:
        """A fact for an execution that runs."""
        self.store.deliver([letter])
        self.publisher.advance([letter.execution_id])

    def placed(self, execution_id: str, run_id: str) -> tuple[list[PlacedRun], PlacedRun]:
        """(all task runs, the one with this public id). Raises: Refused when there is none."""
        runs = self.copies.placed(execution_id)
        for run in runs:
            if task_run_id(execution_id, run.seq) == run_id:
                return runs, run
        raise Refused(f"No task found: execution {execution_id} has no task run {run_id}")


def overtaken(execution: Execution) -> Refused:
    """The error of a change to an execution that somebody else has changed meanwhile."""
    return Refused(f"Execution {execution.id} has just been restarted or changed by somebody else: look at it again")
