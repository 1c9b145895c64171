"""What people do with executions: what is asked before, what is told afterwards, and when it is possible."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request

from celeriac.core.state import State
from celeriac.services.executions import Executions
from celeriac.web.api import celeriac
from celeriac.web.dashboard.fields import PREFIX, given_inputs
from celeriac.web.dashboard.wanted import sent_files

OPEN = frozenset(state for state in State if not state.is_terminal)
ENDED = frozenset(State) - OPEN


@dataclass(frozen=True, slots=True)
class Operation:
    """title, text: the question and what follows. done: what is told of the execution afterwards.

    do: (executions, id) → the id of the execution to look at then, None = the list. It reads its choices from the
    present form. states: those in which it is possible. role: who may.
    """

    title: str
    text: str
    button: str
    done: str
    do: Callable[[Executions, str], str | None]
    states: frozenset[State]
    role: str = "operator"
    is_dangerous: bool = False
    asks_revision: bool = False
    asks_task: bool = False
    asks_inputs: bool = False


def possible(state: State) -> frozenset[str]:
    """The names of the operations that are possible in a state."""
    return frozenset(name for name, operation in OPERATIONS.items() if state in operation.states)


def _restart(executions: Executions, execution_id: str) -> str:
    return executions.restart(execution_id, request.form.get("revision", type=int))


def _replay(executions: Executions, execution_id: str) -> str:
    task_run_id = request.form.get("taskRunId") or None
    return executions.replay(execution_id, task_run_id, request.form.get("revision", type=int))


def _kill(executions: Executions, execution_id: str) -> str:
    executions.kill(execution_id)
    return execution_id


def _pause(executions: Executions, execution_id: str) -> str:
    executions.pause(execution_id)
    return execution_id


def _resume(executions: Executions, execution_id: str) -> str:
    stored = celeriac().views.stored(execution_id)
    given = given_inputs(celeriac().input_preview.asked_on_resume(stored), request.form)
    executions.resume(execution_id, given, file_inputs=sent_files(PREFIX))
    return execution_id


def _start_now(executions: Executions, execution_id: str) -> str:
    executions.force_run(execution_id)
    return execution_id


def _delete(executions: Executions, execution_id: str) -> None:
    executions.delete(execution_id)


OPERATIONS = {
    "restart": Operation(
        "Restart from what failed?",
        "Tasks that succeeded are kept; the failed ones, and all after them, run again in the same execution.",
        "Restart",
        "has been restarted",
        _restart,
        frozenset({State.FAILED}),
        asks_revision=True,
    ),
    "replay": Operation(
        "Replay this execution?",
        "A new execution starts with the same inputs. What comes before the chosen task is copied, not run.",
        "Replay",
        "is a replay",
        _replay,
        ENDED,
        asks_revision=True,
        asks_task=True,
    ),
    "start": Operation("Start it now?", "It does not wait for its date.", "Start now", "starts", _start_now, OPEN),
    "pause": Operation(
        "Pause this execution?",
        "Tasks that run go on to their end; no other starts until it is resumed.",
        "Pause",
        "is paused",
        _pause,
        frozenset({State.RUNNING}),
    ),
    "resume": Operation(
        "Resume this execution?",
        "Its next tasks start.",
        "Resume",
        "goes on",
        _resume,
        frozenset({State.PAUSED}),
        asks_inputs=True,
    ),
    "kill": Operation(
        "Kill this execution?",
        "Its running tasks, and the subflows that they have started, are told to stop. It is KILLING until all of "
        "them are gone.",
        "Kill",
        "is being killed",
        _kill,
        OPEN - {State.KILLING},
        is_dangerous=True,
    ),
    "delete": Operation(
        "Delete this execution?",
        "Its task runs, logs, metrics and files are removed. This cannot be undone.",
        "Delete",
        "has been deleted",
        _delete,
        ENDED,
        role="editor",
        is_dangerous=True,
    ),
}
MANY = ("restart", "replay", "pause", "resume", "kill")
"""Those that can be done with many executions at once."""
