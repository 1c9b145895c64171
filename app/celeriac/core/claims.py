"""What passes between a worker and the row of its task run: how an attempt ended, and what another left behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from celeriac.core.execution import Letter, LogLine, Metric
from celeriac.core.frames import TaskRun
from celeriac.core.state import State


@dataclass(frozen=True, slots=True)
class Orphan:
    """An attempt that runs without a worker; handle: where."""

    execution_id: str
    seq: int
    fence: int
    handle: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Closing:
    """How an attempt ended. promote: the next member of its chain may be claimed.

    ended_us: by the database's clock; None = the present, which costs a statement. taken_by: the worker that goes on
    with that next member at once, claiming it in the same transaction.
    """

    state: State
    attempt_state: State | None
    outputs: dict[str, Any] | None
    outputs_uri: str | None
    logs: Sequence[LogLine]
    metrics: Sequence[Metric]
    letter: Letter
    promote: bool
    ended_us: int | None = None
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """An attempt was closed. following: the next member of its chain, claimed by the same worker."""

    following: TaskRun | None = None
