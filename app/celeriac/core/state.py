"""States of executions and task runs, and how the states of children make that of their parent."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """State of an execution or a task run. PLANNED, QUEUED and HELD task runs are shown as CREATED (`shown`)."""

    CREATED = "CREATED"
    PLANNED = "PLANNED"
    QUEUED = "QUEUED"
    HELD = "HELD"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    RETRYING = "RETRYING"
    RESTARTED = "RESTARTED"
    KILLING = "KILLING"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    FAILED = "FAILED"
    KILLED = "KILLED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"
    RETRIED = "RETRIED"
    LOST = "LOST"

    @property
    def is_terminal(self) -> bool:
        """True when a task run in this state has ended. For an execution ask `done_at` and `phase`."""
        return self in TERMINAL

    @property
    def shown(self) -> str:
        """The state as people see it: the waiting states of the engine are CREATED."""
        return "CREATED" if self in (State.PLANNED, State.QUEUED, State.HELD) else self.value

    @staticmethod
    def worst(states: Iterable["State"]) -> "State":
        """The state of a parent whose children ended like this; SUCCESS without children or with skipped ones only."""
        return min(states, key=lambda state: _SEVERITY.get(state, len(_SEVERITY)), default=State.SUCCESS).as_parent

    @property
    def as_parent(self) -> "State":
        """SKIPPED counts as SUCCESS for the parent; every other state is its own."""
        return State.SUCCESS if self is State.SKIPPED else self


TERMINAL = frozenset(
    {
        State.SUCCESS,
        State.WARNING,
        State.FAILED,
        State.KILLED,
        State.CANCELLED,
        State.SKIPPED,
        State.RETRIED,
        State.LOST,
    }
)
WAITING = frozenset({State.PLANNED, State.QUEUED, State.HELD})
_SEVERITY = {State.KILLED: 0, State.FAILED: 1, State.CANCELLED: 2, State.WARNING: 3, State.PAUSED: 4, State.SUCCESS: 5}
