"""Operations on executions that have ended: restart them, say how they or their task runs ended, label, delete them.

Nothing advances them, so each is one transaction under their fence; where they go on, a fact says at what.
"""

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

from celeriac.core.errors import InputsInvalid, Problem, Refused
from celeriac.core.execution import RESTARTED, Execution, Letter
from celeriac.core.labels import parse_labels
from celeriac.core.replaying import declarable
from celeriac.core.state import TERMINAL, State
from celeriac.services.execution_parts import ExecutionParts, overtaken
from celeriac.storage.uris import execution_folder

ENDS = (State.SUCCESS, State.WARNING, State.FAILED, State.KILLED, State.CANCELLED)
"""States that an execution may be given by hand."""


class EndedExecutions(ExecutionParts):
    """Each operation raises ExecutionNotFound, and Refused in a state that does not allow it."""

    def restart_in_place(self, execution: Execution) -> None:
        """Begins a FAILED execution anew at what failed in it."""
        self._begin_anew(execution, Letter(execution.id, "restart"))

    def change_task_run_state(self, execution_id: str, task_run_id: str, state: State) -> None:
        """Says how a task run ended; the execution goes on from there."""
        execution = self.ended_execution(execution_id, "get another state of a task run")
        if execution.state is State.KILLED:
            raise Refused("You can only change the state of a task run for a terminated non killed execution.")
        if state not in TERMINAL - {State.RETRIED, State.LOST}:
            raise Refused(f"A task run cannot be declared {state.value}")
        runs, target = self.placed(execution_id, task_run_id)
        if not declarable(runs, target):
            raise Refused(
                f"The state of task `{target.task_id}` cannot be changed: only that of a task of a `tasks` list can,"
                " in an iteration of a loop that of the last one that ran"
            )
        self._begin_anew(execution, Letter(execution_id, "restart", target.seq, {"state": state.value}))

    def change_state(self, execution_id: str, state: State) -> None:
        """Says how an execution ended; nothing runs because of it."""
        execution = self.ended_execution(execution_id, "be given another state")
        if execution.state is State.KILLED:
            raise Refused(f"Execution {execution_id} was killed: its state cannot be changed")
        if state not in ENDS:
            raise Refused(f"An execution cannot be declared {state.value}: only {', '.join(ENDS)}")
        execution.state = state
        execution.histories = [*execution.histories, [state.value, self.around.now_us()]]
        self._change(execution)

    def set_labels(self, execution_id: str, labels: Mapping[str, str]) -> None:
        """Replaces the labels; those of Celeriac itself (`system.…`) stay. Raises: InputsInvalid."""
        execution = self.ended_execution(execution_id, "be labelled")
        own = {key: value for key, value in execution.labels.items() if key.startswith("system.")}
        given = {key: value for key, value in labels.items() if own.get(key) != value}
        for key in given:
            if key.startswith("system."):
                text = f"System labels can only be set by Celeriac itself, offending label: {key}={given[key]}"
                raise InputsInvalid([Problem(text, path="labels")])
        try:
            execution.labels = {**parse_labels(given), **own}
        except PydanticCustomError as error:
            raise InputsInvalid([Problem(error.message(), path="labels")]) from error
        self._change(execution)

    def delete(self, execution_id: str, *, logs: bool = True, metrics: bool = True, storage: bool = True) -> None:
        """Removes an execution with its task runs and, when asked for, its logs, metrics and files."""
        execution = self.ended_execution(execution_id, "be deleted")
        if not self.ended.delete(execution, logs=logs, metrics=metrics):
            raise overtaken(execution)
        if storage:
            folder = execution_folder(execution.namespace, execution.flow_id, execution_id)
            self.around.storage.delete_prefix(folder)

    def _begin_anew(self, execution: Execution, letter: Letter) -> None:
        execution.state = State.RESTARTED
        execution.histories = [*execution.histories, [State.RESTARTED.value, self.around.now_us()]]
        execution.labels = {**execution.labels, RESTARTED: "true"}
        execution.outputs = execution.ended_us = execution.done_us = None
        self._change(execution, letter)
        self.publisher.advance([execution.id])

    def _change(self, execution: Execution, *letters: Letter) -> None:
        if not self.ended.change(execution, letters):
            raise overtaken(execution)
