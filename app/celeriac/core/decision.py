"""What a visit of `advance` decides: values that services write and publish together."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.frames import Frame, TaskRun
from celeriac.core.state import State

WIDE = 200
"""Most children in one chord, and most rows that one step releases."""


@dataclass(frozen=True, slots=True)
class Fan:
    """Chains to publish together. join: as one chord whose body advances the execution; else each advances itself."""

    segments: tuple[tuple[TaskRun, ...], ...]
    join: bool


@dataclass(frozen=True, slots=True)
class Superseded:
    """An attempt that a later one replaces."""

    seq: int
    attempt: int
    state: State
    started_us: int | None
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Planned members of a broken chain: to be deleted, positions after `position` up to `end`."""

    parent_seq: int
    branch: str
    iteration: int
    position: int
    end: int


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Children of a frame's list (None = of all its lists) that end as `state`, with everything open below them."""

    seq: int
    branch: str | None
    state: State


@dataclass(slots=True)
class Progress:
    """State of the execution as the visit sees it."""

    state: State
    next_seq: int
    histories: list[list[Any]]
    started_us: int | None = None
    ended_us: int | None = None
    done_us: int | None = None
    outputs: dict[str, Any] | None = None

    def enter(self, state: State, at_us: int) -> None:
        """Moves to `state`, noting when."""
        if state is self.state:
            return
        self.state = state
        self.histories = [*self.histories, [state.shown, at_us]]


@dataclass(slots=True)
class Decision:
    """What is to be evaluated, and what is to be written and published beside changed rows.

    evaluate, unreleased (seqs of frames), evaluate_outputs: work that is left, in this visit or the next.
    erased: seqs of planned task runs that will never be. removed: seqs of task runs of an earlier go. errors: (seq,
    message), seq 0 = the execution's.
    """

    evaluate: deque[TaskRun] = field(default_factory=deque)
    evaluate_outputs: bool = False
    unreleased: set[int] = field(default_factory=set)
    publish: list[Fan] = field(default_factory=list)
    superseded: list[Superseded] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    abandoned: list[Abandoned] = field(default_factory=list)
    kill_children: list[TaskRun] = field(default_factory=list)
    restart_children: list[TaskRun] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    closed: list[Frame] = field(default_factory=list)

    @property
    def is_unfinished(self) -> bool:
        """True while something is left to evaluate or to release."""
        return bool(self.evaluate or self.unreleased or self.evaluate_outputs)

    def forget_written(self) -> None:
        """Everything but the work that is left has been written."""
        self.publish, self.superseded, self.dropped, self.erased = [], [], [], []
        self.abandoned, self.kill_children, self.errors, self.closed = [], [], [], []
        self.restart_children, self.removed = [], []
