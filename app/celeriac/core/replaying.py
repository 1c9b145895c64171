"""Which task runs of an execution that ended are copied when it begins anew at one of them. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from celeriac.core.flow import ON_PAUSE
from celeriac.core.flow_index import FlowIndex, is_loop
from celeriac.core.frames import FLOW_SEQ, LIST_OF_PHASE, ONCE

_LATER = (*LIST_OF_PHASE.values(), ON_PAUSE)


class Placed(Protocol):
    """A task run, as far as its place counts."""

    @property
    def seq(self) -> int: ...
    @property
    def parent_seq(self) -> int: ...
    @property
    def task_id(self) -> str: ...
    @property
    def branch(self) -> str: ...
    @property
    def iteration(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def handle(self) -> dict[str, Any] | None: ...


def kept(index: FlowIndex, runs: Sequence[Placed], target: Placed) -> set[int]:
    """The seqs of what ran before the target or beside it, with the target and all flowables around it.

    What it ran itself, when it is a flowable, is left out.
    """
    by_seq = {run.seq: run for run in runs}
    inside: dict[int, list[Placed]] = {}
    for run in runs:
        inside.setdefault(run.parent_seq, []).append(run)
    found, child = {target.seq}, target
    while True:
        owner = by_seq.get(child.parent_seq)
        for run in inside[child.parent_seq]:
            if run.seq != child.seq and _stays(index, owner, run, child):
                found.update(_with_children(inside, run))
        if owner is None:
            return found
        found.add(owner.seq)
        child = owner


def _with_children(inside: dict[int, list[Placed]], run: Placed) -> Iterable[int]:
    waiting = [run.seq]
    while waiting:
        seq = waiting.pop()
        yield seq
        waiting += [one.seq for one in inside.get(seq, ())]


def _stays(index: FlowIndex, owner: Placed | None, run: Placed, child: Placed) -> bool:
    """True when `run` is not a successor of `child`, its sibling below `owner` (None = the flow)."""
    if run.branch != child.branch:
        return _rank(run.branch) < _rank(child.branch)
    if owner is None or child.branch in _LATER:
        return run.position < child.position
    limit = (owner.handle or {}).get("limit", 1)
    if not is_loop(index.task(owner.task_id)):
        return limit != 1 or run.position < child.position
    if run.iteration == child.iteration:
        return run.position < child.position
    return limit != 1 or run.iteration < child.iteration


def _rank(branch: str) -> int:
    return _LATER.index(branch) + 1 if branch in _LATER else 0


def is_aside(runs: Sequence[Placed], target: Placed) -> bool:
    """True for what runs after the end of the execution or beside a pause, or inside of such a task run."""
    by_seq = {run.seq: run for run in runs}
    top = target
    while top.branch != ON_PAUSE and top.parent_seq != FLOW_SEQ:
        top = by_seq[top.parent_seq]
    return top.branch in ("afterExecution", ON_PAUSE)


def declarable(runs: Sequence[Placed], target: Placed) -> bool:
    """True when somebody may say how the target ended: it stands in `tasks` lists, its iterations end with it."""
    by_seq = {run.seq: run for run in runs}
    child: Placed | None = target
    while child is not None:
        if child.branch in _LATER or _has_successor_in_iteration(runs, child):
            return False
        child = by_seq.get(child.parent_seq)
    return True


def _has_successor_in_iteration(runs: Sequence[Placed], run: Placed) -> bool:
    if run.iteration == ONCE:
        return False
    places = [(one.parent_seq, one.iteration) for one in runs if one.position > run.position]
    return (run.parent_seq, run.iteration) in places
