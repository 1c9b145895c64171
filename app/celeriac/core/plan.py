"""What happens next in an execution: a fold of events over frames. No I/O, no clock, no rendering (engine.md §5).

A Planner is made for one visit of `advance`. Events go in (`start`, `ended`, `due`, `kill` …); task runs to evaluate,
rows to write, messages to publish and child executions to kill come out. What was rendered comes back as an event.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.flow import Choice, Flowable, Mode, Task
from celeriac.core.flow_index import SEGMENT, FlowIndex
from celeriac.core.frames import FLOW_SEQ, ONCE, Frame, Phase, TaskRun, hash_values
from celeriac.core.state import State

WIDE = 200
"""Most children in one chord, and most rows that one step releases."""
MAX_LOST = 3
"""A task run whose worker was lost this often FAILS."""


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
class Planner:
    """One visit. `frames` and `runs` hold what was loaded; everything made here is marked new, changed ones dirty.

    loop_value: (seq of the loop's task run, iteration) → value. now_us: () → the time of the visit.
    """

    index: FlowIndex
    progress: Progress
    frames: dict[int, Frame]
    runs: dict[int, TaskRun]
    loop_value: Callable[[int, int], str]
    now_us: Callable[[], int]
    random: Callable[[], float]
    newest: dict[tuple[str, str], TaskRun] = field(default_factory=dict)
    evaluate: deque[TaskRun] = field(default_factory=deque)
    evaluate_outputs: bool = False
    unreleased: set[int] = field(default_factory=set)
    publish: list[Fan] = field(default_factory=list)
    superseded: list[Superseded] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    abandoned: list[tuple[int, State]] = field(default_factory=list)
    kill_children: list[TaskRun] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    closed: list[Frame] = field(default_factory=list)

    # ------------------------------------------------------------------ events
    def start(self) -> None:
        """The execution begins."""
        self.progress.enter(State.RUNNING, self.now_us())
        self.progress.started_us = self.now_us()
        frame = Frame(seq=FLOW_SEQ, parent_seq=None, branch="tasks", is_new=True)
        self.frames[FLOW_SEQ] = frame
        frame.total = len(self.index.list_of(None, "tasks"))
        self._continue(frame, 0, ONCE)

    def opened(self, run: TaskRun, choice: Choice) -> None:
        """A flowable's choice is known: it opens."""
        frame = Frame(
            seq=run.seq,
            parent_seq=run.parent_seq,
            branch=choice.tasks or "tasks",
            limit=choice.limit,
            chain=run.chain,
            is_new=True,
        )
        run.enter(State.RUNNING, self.now_us())
        run.outputs = dict(choice.outputs) or None
        self.frames[run.seq] = frame
        frame.iterations = choice.iterations is not None
        tasks = self.index.list_of(run.task_id, frame.branch) if choice.tasks else ()
        frame.total = (len(choice.iterations) if tasks else 0) if choice.iterations is not None else len(tasks)
        self.release(frame)

    def ended(self, run: TaskRun, *, final: bool = False) -> None:
        """The current attempt of a task run ended (its state says how). final: allowFailure does not apply."""
        frame = self.frames.get(run.parent_seq)
        if frame is None:
            return
        if run.state is State.LOST:
            if self._relaunch(run):
                return
        elif run.state is State.FAILED and not final and self._retries(run, frame):
            return
        if not final:
            run.settle(self.index.task(run.task_id).settle(run.state, run.attempt - run.lost))
        self._child_ended(frame, run)

    def due(self, run: TaskRun) -> None:
        """The date that a task run waited for has come: the next attempt of a retry, the end of a timer."""
        run.due_us = None
        run.is_dirty = True
        if run.state is State.RETRYING:
            frame = self.frames[run.parent_seq]
            frame.retrying -= 1
            frame.is_dirty = True
            self._supersede(run)
            self._launch_again(run)
        elif run.state is State.RUNNING:
            run.enter(State.SUCCESS, self.now_us())
            self.ended(run)

    def waiting(self, run: TaskRun, due_us: int) -> None:
        """A timer begins."""
        run.enter(State.RUNNING, self.now_us())
        run.due_us = due_us

    def release(self, frame: Frame) -> None:
        """Starts what the frame may start now; called again for a frame in `unreleased`."""
        self.unreleased.discard(frame.seq)
        if frame.is_closed:
            return
        if frame.is_sequence:
            self._continue(frame, 0, ONCE)
        else:
            self._release_wide(frame)

    def outputs_evaluated(self, outputs: dict[str, Any] | None, error: str | None) -> None:
        """The flow's outputs were rendered; an error makes the execution FAILED."""
        frame = self.frames[FLOW_SEQ]
        self.progress.outputs = outputs
        state = State.FAILED if error else frame.result()
        if error:
            self.errors.append((FLOW_SEQ, error))
        self._terminate(frame, state)

    def kill(self) -> None:
        """Nothing new starts; what waits is KILLED, what runs is told to stop. `runs` holds every open task run."""
        now = self.now_us()
        self.progress.enter(State.KILLING, now)
        for run in list(self.runs.values()):
            if run.state.is_terminal or run.seq in self.frames or run.state is State.KILLING:
                continue
            if run.state is State.RUNNING and run.due_us is None:
                run.enter(State.KILLING, now)
                if self.index.places[run.task_id].mode is Mode.CHILD:
                    self.kill_children.append(run)
            else:
                run.enter(State.KILLED, now)
        self.killed()

    def killed(self) -> None:
        """Ends a KILLING execution once nothing runs any more."""
        if any(run.state is State.KILLING for run in self.runs.values()):
            return
        now = self.now_us()
        for frame in [frame for frame in self.frames.values() if frame.seq != FLOW_SEQ]:
            self._close_frame(frame)
            self.runs[frame.seq].enter(State.KILLED, now)
        for run in self.runs.values():
            if not run.state.is_terminal:
                run.enter(State.KILLED, now)
        self.evaluate.clear()
        self._terminate(self.frames[FLOW_SEQ], State.KILLED)

    # ------------------------------------------------------------------ one list after the other
    def _child_ended(self, frame: Frame, run: TaskRun) -> None:
        frame.is_dirty = True
        in_tasks = run.branch == frame.branch
        if in_tasks:
            frame.counts[run.state] += 1
        chained = run.position < run.segment_end
        if chained and run.state is State.SUCCESS and run.attempt == 1:
            return
        if chained:
            self.dropped.append(Dropped(run.parent_seq, run.branch, run.iteration, run.position, run.segment_end))
        if self.progress.state is State.KILLING:
            return
        if run.branch != frame.current_branch:
            return
        if frame.is_sequence:
            frame.open -= 1 if in_tasks else 0
            self._continue(frame, run.position + 1, ONCE)
        elif frame.iterations:
            self._iteration_step(frame, run)
        else:
            frame.open -= 1
            self._release_wide(frame)

    def _continue(self, frame: Frame, position: int, iteration: int) -> None:
        tasks = self._tasks(frame)
        failed = frame.phase is Phase.TASKS and frame.has_failed
        if position < len(tasks) and not failed:
            self._publish([self._create_line(frame, position, iteration)], join=False)
        else:
            self._list_over(frame)

    def _iteration_step(self, frame: Frame, run: TaskRun) -> None:
        tasks = self._tasks(frame)
        if run.state is not State.FAILED and run.position + 1 < len(tasks) and not frame.has_failed:
            self._publish([self._create_line(frame, run.position + 1, run.iteration)], join=False)
            return
        frame.open -= 1
        self._release_wide(frame)

    def _release_wide(self, frame: Frame) -> None:
        frame.is_dirty = True
        if frame.has_failed:
            self._list_over(frame)
            return
        lines: list[tuple[TaskRun, ...]] = []
        while frame.next_index < frame.total and (frame.limit == 0 or frame.open < frame.limit):
            if len(lines) >= WIDE:
                self.unreleased.add(frame.seq)
                break
            if frame.iterations:
                lines.append(self._create_line(frame, 0, frame.next_index))
            else:
                lines.append(self._create_line(frame, frame.next_index, ONCE))
            frame.next_index += 1
        self._publish(lines, join=frame.limit == 0 and frame.total <= WIDE)
        if frame.open == 0 and frame.next_index >= frame.total:
            self._list_over(frame)

    def _list_over(self, frame: Frame) -> None:
        if frame.phase is Phase.TASKS and frame.retrying:
            return
        if frame.phase is Phase.TASKS and frame.open:
            self._abandon(frame, State.FAILED)
        following = [Phase.ERRORS] if frame.phase is Phase.TASKS and frame.has_failed else []
        if frame.phase in (Phase.TASKS, Phase.ERRORS):
            following.append(Phase.FINALLY)
        for phase in following:
            frame.phase = phase
            frame.is_dirty = True
            if self._tasks(frame):
                self._continue(frame, 0, ONCE)
                return
        self._close(frame)

    def _close(self, frame: Frame) -> None:
        if frame.seq == FLOW_SEQ:
            self._close_flow(frame)
            return
        run = self.runs[frame.seq]
        task = self.index.task(run.task_id)
        result = frame.result()
        if isinstance(task, Flowable):
            result = task.close(result)
        self._close_frame(frame)
        run.enter(result, self.now_us())
        run.settle(task.settle(result, 1))
        self._child_ended(self.frames[frame.parent_seq or FLOW_SEQ], run)

    def _close_flow(self, frame: Frame) -> None:
        if frame.phase is Phase.AFTER:
            self._finish(frame)
            return
        if self.index.flow.outputs:
            frame.phase = Phase.OUTPUTS
            frame.is_dirty = True
            self.evaluate_outputs = True
        else:
            self._terminate(frame, frame.result())

    def _terminate(self, frame: Frame, state: State) -> None:
        self.progress.enter(state, self.now_us())
        self.progress.ended_us = self.now_us()
        frame.phase = Phase.AFTER
        frame.is_dirty = True
        if self._tasks(frame):
            self._continue(frame, 0, ONCE)
        else:
            self._finish(frame)

    def _finish(self, frame: Frame) -> None:
        self.progress.done_us = self.now_us()
        self._close_frame(frame)

    # ------------------------------------------------------------------ task runs
    def _tasks(self, frame: Frame) -> Sequence[Task]:
        owner = None if frame.seq == FLOW_SEQ else self.runs[frame.seq].task_id
        return self.index.list_of(owner, frame.current_branch)

    def _create_line(self, frame: Frame, position: int, iteration: int) -> tuple[TaskRun, ...]:
        """The task run at a position and, when it can lead a chain, those after it. Counts the line as open."""
        tasks = self._tasks(frame)
        end = position
        in_sequence = frame.is_sequence or iteration != ONCE
        if in_sequence and self.index.may_chain(tasks[position]):
            while end + 1 < len(tasks) and end - position + 1 < SEGMENT and self.index.may_chain(tasks[end + 1]):
                end += 1
        if frame.phase is Phase.TASKS and (iteration == ONCE or position == 0):
            frame.open += 1
            frame.is_dirty = True
        line = tuple(self._create(frame, tasks[at], at, iteration, end) for at in range(position, end + 1))
        for run in line[1:]:
            run.state = State.PLANNED
        return line

    def _create(self, frame: Frame, task: Task, position: int, iteration: int, end: int) -> TaskRun:
        value = self.loop_value(frame.seq, iteration) if iteration != ONCE else None
        chain = frame.chain if value is None else (*frame.chain, value)
        run = TaskRun(
            seq=self.progress.next_seq,
            parent_seq=frame.seq,
            task_id=task.id,
            branch=frame.current_branch,
            position=position,
            iteration=iteration,
            segment_end=end,
            state=State.CREATED,
            created_us=self.now_us(),
            value=value,
            chain=chain,
            value_hash=hash_values(chain),
            is_new=True,
        )
        self.progress.next_seq += 1
        self.runs[run.seq] = run
        self.newest[(task.id, run.value_hash)] = run
        run.histories = [[State.CREATED.value, run.created_us]]
        place = self.index.places[task.id]
        if place.mode is Mode.WORKER or place.evaluated_by_worker:
            run.state = State.QUEUED
        else:
            self.evaluate.append(run)
        return run

    def _publish(self, lines: Iterable[tuple[TaskRun, ...]], *, join: bool) -> None:
        segments = tuple(line for line in lines if line[0].state is State.QUEUED)
        if segments:
            self.publish.append(Fan(segments, join and len(segments) > 1))

    def _retries(self, run: TaskRun, frame: Frame) -> bool:
        """Gives a failed task run its next date, if its policy has one."""
        policy = self.index.places[run.task_id].retry
        if policy is None or run.ended_us is None or self.progress.state is State.KILLING:
            return False
        due_us = policy.next_us(
            run.attempt - run.lost, run.first_started_us or run.created_us, run.ended_us, self.random
        )
        if due_us is None:
            return False
        self._break_chain(run)
        run.attempt_state = State.FAILED
        run.enter(State.RETRYING, run.ended_us)
        run.due_us = due_us
        frame.retrying += 1
        frame.is_dirty = True
        return True

    def _relaunch(self, run: TaskRun) -> bool:
        """A lost attempt is followed by another, three times at most."""
        if self.progress.state is State.KILLING:
            run.settle(State.KILLED)
            return False
        run.lost += 1
        if run.lost >= MAX_LOST:
            run.settle(State.FAILED)
            run.attempt_state = State.LOST
            self.errors.append((run.seq, f"worker lost {MAX_LOST} times"))
            return False
        self._break_chain(run)
        self._supersede(run)
        self._launch_again(run)
        return True

    def _break_chain(self, run: TaskRun) -> None:
        if run.position < run.segment_end:
            self.dropped.append(Dropped(run.parent_seq, run.branch, run.iteration, run.position, run.segment_end))
            run.segment_end = run.position
            run.is_dirty = True

    def _supersede(self, run: TaskRun) -> None:
        state = run.attempt_state or run.state
        self.superseded.append(Superseded(run.seq, run.attempt, state, run.started_us, run.ended_us))

    def _launch_again(self, run: TaskRun) -> None:
        run.attempt += 1
        run.attempt_state = None
        run.owner = run.handle = run.outputs = run.outputs_uri = None
        run.started_us = run.ended_us = None
        place = self.index.places[run.task_id]
        if place.mode is Mode.WORKER or place.evaluated_by_worker:
            run.enter(State.QUEUED, self.now_us())
            self.publish.append(Fan(((run,),), join=False))
        else:
            run.enter(State.CREATED, self.now_us())
            self.evaluate.append(run)

    # ------------------------------------------------------------------ frames that end before their children
    def _close_frame(self, frame: Frame) -> None:
        frame.is_closed = True
        frame.is_dirty = True
        self.unreleased.discard(frame.seq)
        self.frames.pop(frame.seq)
        self.closed.append(frame)

    def _abandon(self, frame: Frame, state: State) -> None:
        """Children that still run when their parent fails are closed like it; their workers are fenced off."""
        self.abandoned.append((frame.seq, state))
        frame.open = 0
        now = self.now_us()
        inside = {frame.seq}
        for run in sorted(self.runs.values(), key=lambda run: run.seq):
            if run.parent_seq in inside:
                inside.add(run.seq)
                if not run.state.is_terminal:
                    run.enter(state, now)
                    run.fence += 1
                if run.seq in self.frames:
                    self._close_frame(self.frames[run.seq])
        self.evaluate = deque(run for run in self.evaluate if not run.state.is_terminal)
        self.publish = [fan for fan in self.publish if not fan.segments[0][0].state.is_terminal]
