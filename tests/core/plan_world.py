"""A world for `core.plan` alone: rows in dictionaries, workers that end what they run as they are told."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.decision import Dropped, Progress
from celeriac.core.flow import Flow, Flowable, Mode
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import FLOW_SEQ, ONCE, Frame, TaskRun
from celeriac.core.plan import Planner
from celeriac.core.reopening import BROKEN, LATER_LISTS, Ended, Reopening, reopen
from celeriac.core.replaying import declarable, kept
from celeriac.core.state import State
from celeriac.core.steering import is_first, is_put_off, kill, killed, pause, resume

Fact = tuple[str, int]
Pick = Callable[[Sequence[Any]], Any]


@dataclass
class World:
    """One execution. pick: chooses among what may happen, and how things end."""

    flow: Flow
    pick: Pick
    runs: dict[int, TaskRun] = field(default_factory=dict)
    frames: dict[int, Frame] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=lambda: [("start", 0)])
    values: dict[int, Sequence[str]] = field(default_factory=dict)
    progress: Progress = field(default_factory=lambda: Progress(State.CREATED, 1, []))
    time_us: int = 0
    dates_rung: int = 0
    declared: State | None = None
    begun_beside: int = 0
    gone: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.index = FlowIndex.of(self.flow, 1)

    # ------------------------------------------------------------------ what may happen
    def steps(self) -> list[Callable[[], None]]:
        """Everything that can happen now; nothing = the execution is at its end, or stuck."""
        found: list[Callable[[], None]] = []
        if self.facts:
            found += [self.visit] * 3
        for seq, run in self.runs.items():
            if run.state is State.QUEUED:
                found.append(lambda seq=seq: self.claim(seq))
            elif run.state in (State.RUNNING, State.KILLING) and run.owner:
                found.append(lambda seq=seq: self.close(seq))
            elif run.due_us is not None:
                found.append(lambda seq=seq: self.ring(seq))
        return found

    def claim(self, seq: int) -> None:
        """A worker takes what waits."""
        run = self.runs[seq]
        run.state, run.owner, run.fence = State.RUNNING, "worker", run.fence + 1

    def close(self, seq: int) -> None:
        """A worker ends what it runs, or is lost."""
        run = self.runs[seq]
        state = self.pick([State.SUCCESS] * 5 + [State.FAILED, State.SKIPPED, State.LOST])
        if run.state is State.KILLING and state is State.LOST:
            state = State.KILLED
        run.enter(state, self.now_us())
        task = self.index.task(run.task_id)
        settled = task.settle(state, run.attempt - run.lost)
        following = self.runs.get(seq + 1)
        if settled is State.SUCCESS and run.attempt == 1 and run.position < run.segment_end and following is not None:
            assert following.state is State.PLANNED
            following.state = State.QUEUED
        self.facts.append(("ended", seq))

    def ring(self, seq: int) -> None:
        """The date of a task run comes; it may be told twice."""
        self.runs[seq].due_us = None
        self.facts += [("due", seq)] * self.pick([1, 1, 2])

    def pause(self) -> None:
        """Somebody asks for a pause, and later for its end."""
        self.facts += [("pause", 0)] * self.pick([1, 2])

    def resume(self) -> None:
        """Somebody asks for the end of a pause; it may be told twice."""
        self.facts += [("resume", 0)] * self.pick([1, 2])

    def restart(self) -> bool:
        """Begins anew at what failed; False when nothing has."""
        if not any(run.state in BROKEN and (run.parent_seq, run.branch) == (0, "tasks") for run in self.runs.values()):
            return False
        self.progress = Progress(State.RESTARTED, self.progress.next_seq, [], started_us=self.progress.started_us)
        self.facts.append(("restart", FLOW_SEQ))
        return True

    def replay(self, seq: int) -> None:
        """Goes on as the copy of an execution that begins anew at a task run, beside as many others as may run."""
        self.begun_beside = 1
        seqs = kept(self.index, list(self.runs.values()), self.runs[seq])
        self.runs = {one: run for one, run in self.runs.items() if one in seqs}
        self.progress = Progress(State.RESTARTED, self.progress.next_seq, [], started_us=self.progress.started_us)
        self.facts.append(("restart", seq))

    def declare(self, seq: int, state: State) -> None:
        """Somebody says how a task run ended."""
        self.declared = state
        self.progress = Progress(State.RESTARTED, self.progress.next_seq, [], started_us=self.progress.started_us)
        self.facts.append(("restart", seq))

    def may_declare(self, seq: int) -> bool:
        """True for what stands in `tasks` all the way up, with nothing behind it in an iteration."""
        return declarable(list(self.runs.values()), self.runs[seq])

    def found_again(self, target: int) -> Reopening:
        """What the store reads of an execution that begins anew."""
        found = Reopening(target, self.declared if target else None)
        seq = target
        while seq != FLOW_SEQ:
            found.runs[seq] = deepcopy(self.runs[seq])
            seq = self.runs[seq].parent_seq
        level, path = {FLOW_SEQ}, set(found.path)
        while level:
            rows = [run for run in self.runs.values() if run.parent_seq in level]
            again = [run for run in rows if run.seq in path or (run.state in BROKEN and run.branch not in LATER_LISTS)]
            found.runs |= {run.seq: deepcopy(run) for run in again}
            level = {run.parent_seq for run in self.runs.values()} & {run.seq for run in again}
            found.parents |= level
        for run in self.runs.values():
            if run.parent_seq in found.parents:
                found.ended.append(Ended(run.parent_seq, run.branch, run.state, 1, run.position, run.iteration))
                where = (run.parent_seq, run.iteration)
                if run.iteration != ONCE:
                    found.iterations[where] = max(found.iterations.get(where, 0), run.position)
        found.values = {seq: len(values) for seq, values in self.values.items()}
        found.removed = self._later(found.begin_their_lists)
        return found

    def _later(self, parents: set[int]) -> list[int]:
        removed: set[int] = set()
        for seq, run in sorted(self.runs.items()):
            if run.parent_seq in removed or (run.parent_seq in parents and run.branch in LATER_LISTS):
                removed.add(seq)
        return sorted(removed)

    def kill(self) -> None:
        """Somebody asks for the end; it may be told twice."""
        self.facts += [("kill", 0)] * self.pick([1, 2])

    # ------------------------------------------------------------------ a visit of `advance`
    def visit(self) -> None:
        """Folds every fact, evaluates what the plan asks for, writes what it decided."""
        facts, self.facts = self.facts, []
        if self.progress.done_us is not None:
            return
        planner = self._load(facts)
        in_order = sorted(facts, key=lambda fact: not is_first(fact[0]))
        put_off: list[Fact] = []
        for fact in in_order:
            if is_put_off(fact[0], planner.progress.state):
                put_off.append(fact)
            else:
                self._fold(planner, fact)
        if planner.progress.state is State.PAUSED:
            self.facts = put_off + self.facts
        else:
            for fact in put_off:
                self._fold(planner, fact)
        if planner.progress.state is State.KILLING:
            killed(planner)
        while planner.decision.is_unfinished and planner.progress.state is not State.PAUSED:
            self._evaluate(planner)
        self._write(planner)

    def now_us(self) -> int:
        self.time_us += 1
        return self.time_us

    def _load(self, facts: list[Fact]) -> Planner:
        seqs = {seq for _, seq in facts if seq in self.runs}
        steers = self.progress.state is State.KILLING or any(kind in ("kill", "pause", "resume") for kind, _ in facts)
        if steers:
            seqs |= {seq for seq, run in self.runs.items() if not run.state.is_terminal}
        wanted = {self.runs[seq].parent_seq for seq in seqs} | seqs | {FLOW_SEQ}
        frames: dict[int, Frame] = {}
        while missing := {seq for seq in wanted if seq in self.frames and seq not in frames}:
            frames |= {seq: deepcopy(self.frames[seq]) for seq in missing}
            wanted = {frame.parent_seq for frame in frames.values() if frame.parent_seq is not None}
        runs = {seq: deepcopy(self.runs[seq]) for seq in sorted(seqs | {seq for seq in frames if seq})}
        progress = deepcopy(self.progress)
        return Planner(self.index, progress, frames, runs, lambda seq, i: self.values[seq][i], self.now_us, lambda: 0.5)

    def _fold(self, planner: Planner, fact: Fact) -> None:
        kind, seq = fact
        run = planner.runs.get(seq)
        if kind == "start" and planner.progress.state is State.CREATED:
            planner.start()
        elif kind == "kill" and planner.progress.ended_us is None:
            kill(planner)
        elif kind == "pause" and planner.progress.state is State.RUNNING:
            pause(planner)
        elif kind == "resume" and planner.progress.state is State.PAUSED:
            resume(planner)
        elif kind == "restart":
            found = self.found_again(seq)
            planner.runs.update(found.runs)
            reopen(planner, found)
        elif kind == "ended" and run is not None and run.state.is_terminal:
            planner.ended(run)
        elif kind == "due" and run is not None:
            planner.due(run)

    def _evaluate(self, planner: Planner) -> None:
        decision = planner.decision
        if decision.evaluate_outputs:
            decision.evaluate_outputs = False
            planner.outputs_evaluated({}, self.pick([None, None, "wrong"]))
        elif decision.evaluate:
            self._evaluate_run(planner, decision.evaluate.popleft())
        else:
            planner.release(planner.frames[next(iter(decision.unreleased))])

    def _evaluate_run(self, planner: Planner, run: TaskRun) -> None:
        task, place = self.index.task(run.task_id), self.index.places[run.task_id]
        ends = [State.SUCCESS] * 6 + [State.FAILED, State.SKIPPED]
        state = self.pick(ends)
        if place.mode is Mode.FUSED or state is not State.SUCCESS:
            if state is not State.SKIPPED:
                run.enter(State.RUNNING, self.now_us())
            run.enter(state, self.now_us())
            planner.ended(run, final=place.mode is Mode.FLOWABLE)
        elif isinstance(task, Flowable):
            choice = task.choose({name: getattr(task, name) for name in task.evaluated})
            self.values[run.seq] = choice.iterations or ()
            planner.opened(run, choice)
        else:
            planner.waiting(run, self.now_us() + 10)

    # ------------------------------------------------------------------ writing, as the store does
    def _write(self, planner: Planner) -> None:
        decision = planner.decision
        self.progress = planner.progress
        for seq in decision.erased:
            assert self.runs.pop(seq).state is State.PLANNED
        for seq in decision.removed:
            del self.runs[seq]
        self.gone |= set(decision.removed)
        for dropped in decision.dropped:
            self._drop(dropped)
        for run in planner.runs.values():
            assert run.is_new or run.seq in self.runs
            run.is_new = run.is_dirty = False
            self.runs[run.seq] = run
        for frame in decision.closed:
            self.frames.pop(frame.seq, None)
        for frame in planner.frames.values():
            frame.is_new = frame.is_dirty = False
            self.frames[frame.seq] = frame
        for one in decision.abandoned:
            self._abandon(one.seq, one.branch, one.state)

    def _drop(self, one: Dropped) -> None:
        for seq, run in list(self.runs.items()):
            where = (run.parent_seq, run.branch, run.iteration)
            if where == (one.parent_seq, one.branch, one.iteration) and one.position < run.position <= one.end:
                assert run.state is State.PLANNED
                del self.runs[seq]

    def _abandon(self, parent_seq: int, branch: str | None, state: State) -> None:
        for seq, run in list(self.runs.items()):
            if run.parent_seq == parent_seq and branch in (None, run.branch) and not run.state.is_terminal:
                self.frames.pop(seq, None)
                self._abandon(seq, None, state)
                if run.state is State.PLANNED:
                    del self.runs[seq]
                else:
                    run.enter(state, self.now_us())
                    run.fence += 1
