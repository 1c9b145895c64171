"""An execution and what one visit of `advance` reads and writes, as values."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.decision import Abandoned, Dropped, Superseded
from celeriac.core.frames import Frame, TaskRun
from celeriac.core.reopening import Reopening
from celeriac.core.state import State

CORRELATION = "system.correlationId"
"""The label that executions have in common which came from one another."""
RESTARTED = "system.restarted"
REPLAYED = "system.replay"
INPUTS_OF = "inputs:"
"""Before the id of an execution in `secrets`: the values of its SECRET inputs."""
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62(number: int) -> str:
    """128 bits → 22 characters that sort like the number."""
    digits = ""
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def new_execution_id(unix_ms: int, random_bits: int) -> str:
    """22 base62 characters of a UUIDv7: sortable by time. random_bits: at least 74 random bits."""
    value = (
        (unix_ms & (1 << 48) - 1) << 80
        | 7 << 76
        | (random_bits & 0xFFF) << 64
        | 2 << 62
        | random_bits >> 12 & (1 << 62) - 1
    )
    return base62(value)


def task_run_id(execution_id: str, seq: int) -> str:
    """The public id of a task run: 22 base62 characters, the same for ever."""
    return base62(int.from_bytes(hashlib.blake2b(f"{execution_id}/{seq}".encode(), digest_size=16).digest()))


@dataclass(slots=True)
class Execution:
    """One run of a flow. Times are microseconds since the epoch; `parent_*` name the task run that started it.

    original_id: of which execution this is a replay. scheduled_us: not to start before. told: how many entries of
    `histories` are stored. is_heard: some trigger listens to them.
    """

    id: str
    namespace: str
    flow_id: str
    flow_revision: int
    inputs: dict[str, Any]
    labels: dict[str, str]
    variables: dict[str, Any]
    created_us: int
    state: State = State.CREATED
    fence: int = 0
    next_seq: int = 1
    cell: str = ""
    outputs: dict[str, Any] | None = None
    trigger: dict[str, Any] | None = None
    histories: list[list[Any]] = field(default_factory=list)
    parent_id: str | None = None
    parent_seq: int | None = None
    parent_attempt: int | None = None
    depth: int = 0
    poisoned: int = 0
    secrets: list[str] | None = None
    original_id: str | None = None
    scheduled_us: int | None = None
    started_us: int | None = None
    ended_us: int | None = None
    done_us: int | None = None
    told: int = 0
    is_heard: bool = False

    @property
    def is_for_later(self) -> bool:
        """True when, at its creation, its date is still to come."""
        return self.scheduled_us is not None and self.scheduled_us > self.created_us

    def add_secrets(self, names: Iterable[str]) -> None:
        """Remembers that these secrets were read, so that they are masked."""
        self.secrets = sorted({*(self.secrets or ()), *names}) or None


@dataclass(frozen=True, slots=True)
class Once:
    """What may start one execution only: the date of a trigger, an idempotency key, a message of a source.

    scope: `trigger:NAMESPACE/FLOW/TRIGGER`, `submit:NAMESPACE/FLOW`, `source:NAME`; key: at most 256 characters.
    """

    scope: str
    key: str


@dataclass(frozen=True, slots=True)
class Fact:
    """An inbox row: why an execution must be advanced.

    kind: start, ended, final (a failure that allowFailure does not cover), due, go (work that a visit left over),
    outputs, evaluated, child, kill, pause, resume, restart (seq: of the task run to begin at, 0 = what failed), again
    (the parent's task run begins anew). payload: what the kind needs.
    """

    id: int
    kind: str
    seq: int = 0
    payload: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """An inbox row to write."""

    execution_id: str
    kind: str
    seq: int = 0
    payload: dict[str, Any] | None = None


def told_parent(execution: Execution, outputs: Mapping[str, Any] | None) -> list[Letter]:
    """The fact, for the parent, that its child has ended."""
    if execution.parent_id is None or execution.parent_seq is None:
        return []
    payload = {
        "attempt": execution.parent_attempt,
        "child": execution.id,
        "state": execution.state.value,
        "outputs": outputs,
        "secrets": execution.secrets,
    }
    return [Letter(execution.parent_id, "child", execution.parent_seq, payload)]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One stored message; seq 0 = of the execution. line: order within the attempt."""

    seq: int
    attempt: int
    line: int
    level: str
    message: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Metric:
    """A measured value of an attempt; a timer's in seconds."""

    name: str
    type: str
    value: float
    tags: dict[str, str] | None = None


@dataclass(slots=True)
class Visit:
    """What `advance` read: the execution, its facts, the frames and task runs that they concern."""

    execution: Execution
    facts: list[Fact]
    frames: dict[int, Frame]
    runs: dict[int, TaskRun]
    now_us: int
    reopening: Reopening | None = None


@dataclass(slots=True)
class Changes:
    """What a visit writes, in one transaction that only happens when the fence is still `execution.fence`.

    erased: seqs of planned task runs to delete. removed: seqs of others. relabelled: the labels have changed.
    left_over: what earlier writes of the visit left over (kinds go, outputs) is used as well.
    """

    execution: Execution
    used: Sequence[Fact] = ()
    left_over: bool = False
    runs: Sequence[TaskRun] = ()
    frames: Sequence[Frame] = ()
    superseded: Sequence[Superseded] = ()
    dropped: Sequence[Dropped] = ()
    erased: Sequence[int] = ()
    removed: Sequence[int] = ()
    relabelled: bool = False
    abandoned: Sequence[Abandoned] = ()
    loop_values: Sequence[tuple[int, Sequence[str]]] = ()
    letters: Sequence[Letter] = ()
    children: Sequence[Execution] = ()
    logs: Sequence[LogLine] = ()
    metrics: Sequence[tuple[int, int, Metric]] = ()
