"""What the engine remembers of a running execution: task runs and, for each open flowable, a frame of counters."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from celeriac.core.state import TERMINAL, WAITING, State

FLOW_SEQ = 0
"""The frame of the flow itself; task runs count from 1."""
ONCE = -1
"""`iteration` of a task run that belongs to no loop of its parent."""


class Phase(StrEnum):
    """Which list of a frame is running."""

    TASKS = "TASKS"
    ERRORS = "ERRORS"
    FINALLY = "FINALLY"
    OUTPUTS = "OUTPUTS"
    AFTER = "AFTER"


LIST_OF_PHASE = {Phase.ERRORS: "errors", Phase.FINALLY: "finally", Phase.AFTER: "afterExecution"}


@dataclass(slots=True)
class TaskRun:
    """One run of a task with its current attempt. Times are microseconds since the epoch.

    branch, iteration, position: where the task stands in its parent. segment_end: position of the last task run that
    was published in the same chain. value_hash: `hash_values` of the values of the enclosing iterations, outermost
    first, own value included. handle: of a flowable the `list` that it chose and its `limit`, of a subflow its `child`.
    """

    seq: int
    parent_seq: int
    task_id: str
    branch: str
    position: int
    state: State
    created_us: int
    iteration: int = ONCE
    segment_end: int = 0
    value: str | None = None
    value_hash: str = ""
    attempt: int = 1
    attempt_state: State | None = None
    lost: int = 0
    fence: int = 0
    owner: str | None = None
    due_us: int | None = None
    handle: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    outputs_uri: str | None = None
    histories: list[list[Any]] = field(default_factory=list)
    first_started_us: int | None = None
    started_us: int | None = None
    ended_us: int | None = None
    published_us: int | None = None
    loaded_state: str = ""
    loaded_fence: int = 0
    is_new: bool = False
    is_dirty: bool = False

    def enter(self, state: State, at_us: int) -> None:
        """Moves to `state`, noting when; what people see twice in a row is noted once."""
        self.state = state
        self.is_dirty = True
        if not self.histories or (self.histories[-1][0] != state.shown and not self._begins_anew(state)):
            self.histories = [*self.histories, [state.shown, at_us]]
        if state is State.RUNNING:
            self.started_us = at_us
            self.first_started_us = self.first_started_us or at_us
        if state in TERMINAL:
            self.ended_us = at_us
            self.owner = None
            self.due_us = None

    def _begins_anew(self, state: State) -> bool:
        """RESTARTED stands for the wait that follows it."""
        return self.histories[-1][0] == State.RESTARTED and state.shown == State.CREATED

    @property
    def shown(self) -> str:
        """The state as people see it."""
        return str(self.histories[-1][0]) if self.state in WAITING and self.histories else self.state.shown

    def settle(self, state: State) -> None:
        """The end of the last attempt counts as `state` for the task run."""
        if state is self.state:
            return
        self.attempt_state = self.attempt_state or self.state
        self.state = state
        self.is_dirty = True
        self.histories = [*self.histories[:-1], [state.shown, self.histories[-1][1]]]

    @property
    def is_waiting(self) -> bool:
        """True while nobody has begun it."""
        return self.state in WAITING or self.state is State.CREATED


def hash_values(chain: tuple[str, ...]) -> str:
    """32 hex digits for a chain of loop values, "" for none: long values make poor index keys."""
    if not chain:
        return ""
    return hashlib.blake2b("\x1f".join(chain).encode(), digest_size=16).hexdigest()


@dataclass(slots=True)
class Frame:
    """Counters of an open flowable's task run (seq), or of the flow (seq 0).

    branch: name of the child list that counts as `tasks`. next_index: next child (parallel) or iteration (loop) to
    release; of a sequence the first position that has not run, 0 unless it began anew. total: children, or iterations.
    limit: at once, 0 = all. open: lines in flight of the tasks list: a child, a chain of them, an iteration. counts:
    {state: ended children of the tasks list}.
    """

    seq: int
    parent_seq: int | None
    branch: str
    phase: Phase = Phase.TASKS
    next_index: int = 0
    total: int = 0
    iterations: bool = False
    limit: int = 1
    open: int = 0
    retrying: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    chain: tuple[str, ...] = ()
    is_new: bool = False
    is_dirty: bool = False
    is_closed: bool = False

    def chain_of(self, value: str | None) -> tuple[str, ...]:
        """The loop values around a child with this value of its own, outermost first."""
        return self.chain if value is None else (*self.chain, value)

    @property
    def is_sequence(self) -> bool:
        """True when the running list goes one task after the other."""
        return self.phase is not Phase.TASKS or (not self.iterations and self.limit == 1)

    @property
    def current_branch(self) -> str:
        """Name of the child list that is running."""
        return LIST_OF_PHASE.get(self.phase, self.branch)

    @property
    def has_failed(self) -> bool:
        """True when a child of the tasks list FAILED for good."""
        return self.counts[State.FAILED] > 0

    def result(self) -> State:
        """The state that the ended children of the tasks list make."""
        return State.worst(State(name) for name, n in self.counts.items() if n)
