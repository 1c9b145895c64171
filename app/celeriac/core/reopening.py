"""An execution that ended begins anew, in place or as a copy: at what failed, or at one task run. Pure.

Frames are built again from counts of rows; of the rows themselves only those that are to change were read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from celeriac.core.flow import ON_PAUSE, Mode
from celeriac.core.flow_index import is_loop
from celeriac.core.frames import FLOW_SEQ, LIST_OF_PHASE, ONCE, Frame, Phase, TaskRun
from celeriac.core.plan import Planner
from celeriac.core.state import State

BROKEN = frozenset({State.FAILED, State.KILLED, State.CANCELLED, State.LOST})
"""Task runs that run again when the list that they stand in does."""
LATER_LISTS = (*LIST_OF_PHASE.values(), ON_PAUSE)
"""Lists that run after, or beside, the `tasks` of their frame."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How many task runs of one list of a flowable (or of the flow) ended in a state, and the last places they had."""

    parent_seq: int
    branch: str
    state: State
    count: int
    last_position: int
    last_iteration: int


@dataclass(slots=True)
class Reopening:
    """What the store knows of an execution that begins anew.

    target: seq of the task run at which it begins, 0 = all that failed. state: what the target is declared to be; then
    nothing runs again, only what follows. runs: {seq: task run} of broken ones and of those around the target.
    parents: seqs with children, FLOW_SEQ included. iterations: {(seq of a loop, iteration): last position}. values:
    {seq of a loop: number of its values}. removed: seqs of task runs of later lists. children: executions that exist.
    """

    target: int = FLOW_SEQ
    state: State | None = None
    runs: dict[int, TaskRun] = field(default_factory=dict)
    parents: set[int] = field(default_factory=lambda: {FLOW_SEQ})
    ended: list[Ended] = field(default_factory=list)
    iterations: dict[tuple[int, int], int] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    children: set[str] = field(default_factory=set)

    @property
    def path(self) -> list[int]:
        """The target and the flowables around it, innermost first."""
        found, seq = [], self.target
        while seq != FLOW_SEQ:
            found.append(seq)
            seq = self.runs[seq].parent_seq
        return found

    @property
    def begin_their_lists(self) -> set[int]:
        """Those of `parents` whose later lists have to run again from their start."""
        if self.state is not None:
            return self.parents
        return self.parents - {self.runs[seq].parent_seq for seq in self.path}


def reopen(planner: Planner, found: Reopening) -> None:
    """The execution RUNS again; everything that is to run again is on its way.

    Beside a target, what had failed in the same frame begins too: one more than its limit, at most.
    """
    planner.progress.enter(State.RUNNING, planner.now_us())
    planner.decision.removed.extend(found.removed)
    _Reopener(planner, found, set(found.path)).run()


@dataclass(slots=True)
class _Reopener:
    planner: Planner
    found: Reopening
    path: set[int]
    again: dict[int, list[TaskRun]] = field(default_factory=dict)
    """{seq of a frame: the children with which it goes on}."""

    def run(self) -> None:
        self._build(FLOW_SEQ, ())
        frames = [self.planner.frames[seq] for seq in self.again]
        for frame in frames:
            for run in self.again[frame.seq]:
                self._begin(run)
        for frame in frames:
            if not frame.is_closed:
                self._go_on(frame)

    # ------------------------------------------------------------------ frames from counts
    def _build(self, seq: int, chain: tuple[str, ...]) -> None:
        frame = self._frame(seq, chain)
        inside = [run for run in self.found.runs.values() if run.parent_seq == seq]
        on_path = [run for run in inside if run.seq in self.path]
        if on_path:
            frame.phase = _phase_of(on_path[0].branch)
        again = [run for run in inside if run in on_path or self._runs_again(frame, run)]
        self.again[seq] = again
        self._count(frame, again)
        self.planner.frames[seq] = frame
        for run in again:
            if self._is_reopened(run):
                run.enter(State.RUNNING, self.planner.now_us())
                run.attempt_state = run.ended_us = None
                self._build(run.seq, frame.chain_of(run.value))

    def _frame(self, seq: int, chain: tuple[str, ...]) -> Frame:
        index = self.planner.index
        if seq == FLOW_SEQ:
            total = len(index.list_of(None, "tasks"))
            return Frame(seq=seq, parent_seq=None, branch="tasks", total=total, is_new=True)
        run = self.found.runs[seq]
        chosen = run.handle or {}
        branch = chosen.get("list") or self._branch_of(seq)
        iterations = is_loop(index.task(run.task_id))
        return Frame(
            seq=seq,
            parent_seq=run.parent_seq,
            branch=branch,
            limit=chosen.get("limit", 1),
            iterations=iterations,
            total=self.found.values.get(seq, 0) if iterations else len(index.list_of(run.task_id, branch)),
            chain=chain,
            is_new=True,
        )

    def _branch_of(self, seq: int) -> str:
        """Of a flowable that does not tell what it chose."""
        lists = (one.branch for one in self.found.ended if one.parent_seq == seq)
        return next((branch for branch in lists if branch not in LATER_LISTS), "tasks")

    def _runs_again(self, frame: Frame, run: TaskRun) -> bool:
        is_asked = self.found.state is None and frame.phase is Phase.TASKS
        return is_asked and run.branch == frame.branch and run.state in BROKEN

    def _is_reopened(self, run: TaskRun) -> bool:
        is_declared = self.found.state is not None and run.seq == self.found.target
        if is_declared or run.seq not in self.found.parents:
            return False
        is_pause = self.planner.index.places[run.task_id].mode is Mode.PAUSE
        return not is_pause or any(child.parent_seq == run.seq for child in self.found.runs.values())

    def _count(self, frame: Frame, again: Iterable[TaskRun]) -> None:
        ended = [one for one in self.found.ended if (one.parent_seq, one.branch) == (frame.seq, frame.branch)]
        counts: Counter[str] = Counter()
        for one in ended:
            counts[one.state] += one.count
            last = one.last_iteration if frame.iterations else one.last_position
            frame.next_index = max(frame.next_index, last + 1)
        lines = [run for run in again if run.branch == frame.branch]
        for run in lines:
            counts[run.state] -= 1
        frame.counts = +counts
        frame.open = len(lines)

    # ------------------------------------------------------------------ what begins
    def _begin(self, run: TaskRun) -> None:
        planner = self.planner
        if run.seq == self.found.target and self.found.state is not None:
            self._declare(run, self.found.state)
        elif run.seq in planner.frames:
            return
        elif self._keeps_its_child(run):
            planner.launcher.calls_again(run)
        else:
            planner.launcher.run_again(run)

    def _keeps_its_child(self, run: TaskRun) -> bool:
        task = self.planner.index.task(run.task_id)
        if self.planner.index.places[run.task_id].mode is not Mode.CHILD:
            return False
        child = (run.handle or {}).get("child")
        return child in self.found.children and getattr(task, "restart_behavior", None) != "NEW_EXECUTION"

    def _declare(self, run: TaskRun, state: State) -> None:
        frame = self.planner.frames[run.parent_seq]
        run.enter(state, self.planner.now_us())
        run.attempt_state = None
        run.segment_end = run.position
        frame.open -= 1
        frame.counts[state] += 1

    # ------------------------------------------------------------------ what follows
    def _go_on(self, frame: Frame) -> None:
        planner = self.planner
        if frame.phase is not Phase.TASKS:
            return
        if frame.is_sequence:
            if not frame.open:
                planner.go_on(frame, frame.next_index)
            return
        if frame.iterations and not frame.has_failed:
            self._continue_iterations(frame)
        planner.release(frame)

    def _continue_iterations(self, frame: Frame) -> None:
        """Iterations that ended between two of their tasks."""
        launcher = self.planner.launcher
        size = len(launcher.tasks(frame))
        busy = {run.iteration for run in self.again[frame.seq] if not run.state.is_terminal}
        for iteration, last in self._begun(frame.seq).items():
            if iteration in busy or last + 1 >= size:
                continue
            frame.open += 1
            launcher.publish([launcher.line(frame, last + 1, iteration)], join=False)

    def _begun(self, seq: int) -> Mapping[int, int]:
        return {
            iteration: last
            for (loop, iteration), last in self.found.iterations.items()
            if loop == seq and iteration != ONCE
        }


def _phase_of(branch: str) -> Phase:
    return next((phase for phase, name in LIST_OF_PHASE.items() if name == branch), Phase.TASKS)
