"""What happens next in an execution: a fold of events over frames. No I/O, no clock, no rendering (engine.md §5).

A Planner is made for one visit of `advance`. Events go in (`start`, `ended`, `due`, `kill` …); its `decision` fills
with what is to be evaluated, written and published. What was rendered comes back as an event.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Any

from celeriac.core.decision import WIDE, Abandoned, Decision, Progress
from celeriac.core.flow import Choice, Flowable, Mode
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import FLOW_SEQ, ONCE, Frame, Phase, TaskRun
from celeriac.core.launch import Launcher
from celeriac.core.state import State


@dataclass(slots=True)
class Planner:
    """One visit. `frames` and `runs` hold what was loaded; everything made here is marked new, changed ones dirty.

    loop_value: (seq of the loop's task run, iteration) → value. now_us: () → the time of the visit.
    """

    index: FlowIndex
    progress: Progress
    frames: dict[int, Frame]
    runs: dict[int, TaskRun]
    loop_value: InitVar[Callable[[int, int], str]]
    now_us: Callable[[], int]
    random: InitVar[Callable[[], float]]
    decision: Decision = field(default_factory=Decision)
    launcher: Launcher = field(init=False)

    def __post_init__(self, loop_value: Callable[[int, int], str], random: Callable[[], float]) -> None:
        self.launcher = Launcher(self.index, self.progress, self.runs, self.decision, loop_value, self.now_us, random)
        self.launcher.newest.update(((run.task_id, run.value_hash), run) for run in self.runs.values())

    # ------------------------------------------------------------------ events
    def start(self) -> None:
        """The execution begins."""
        self.progress.enter(State.RUNNING, self.now_us())
        self.go_on(self.open_flow(), 0)

    def open_flow(self) -> Frame:
        """The frame of the flow; nothing starts."""
        self.progress.started_us = self.now_us()
        frame = Frame(seq=FLOW_SEQ, parent_seq=None, branch="tasks", is_new=True)
        self.frames[FLOW_SEQ] = frame
        frame.total = len(self.index.list_of(None, "tasks"))
        return frame

    def opened(self, run: TaskRun, choice: Choice) -> None:
        """A flowable's choice is known: it opens."""
        frame = Frame(
            seq=run.seq,
            parent_seq=run.parent_seq,
            branch=choice.tasks or "tasks",
            limit=choice.limit,
            chain=self.frames[run.parent_seq].chain_of(run.value),
            is_new=True,
        )
        run.enter(State.RUNNING, self.now_us())
        run.handle = {"list": frame.branch, "limit": frame.limit}
        run.outputs = dict(choice.outputs) or None
        self.frames[run.seq] = frame
        frame.iterations = choice.iterations is not None
        tasks = self.index.list_of(run.task_id, frame.branch) if choice.tasks else ()
        frame.total = (len(choice.iterations) if tasks else 0) if choice.iterations is not None else len(tasks)
        self.release(frame)

    def ended(self, run: TaskRun, *, final: bool = False) -> None:
        """The current attempt of a task run ended (its state says how). final: allowFailure does not apply."""
        frame = self.frames.get(run.parent_seq)
        if frame is None or (frame.phase is Phase.AFTER and run.branch != frame.current_branch):
            if run.state is State.LOST:
                run.settle(State.KILLED)
            return
        if run.state is State.LOST:
            if self.launcher.relaunches(run):
                return
        elif run.state is State.FAILED and not final and self.launcher.retries(run, frame):
            return
        if not final:
            run.settle(self.index.task(run.task_id).settle(run.state, run.attempt - run.lost))
        self._child_ended(frame, run)

    def due(self, run: TaskRun) -> None:
        """The date that a task run waited for has come: the next attempt of a retry, the end of a timer."""
        is_timer = self.index.places[run.task_id].mode is Mode.TIMER
        if run.state is State.RETRYING:
            run.due_us = None
            self.launcher.try_again(run, self.frames[run.parent_seq])
        elif run.state is State.RUNNING and is_timer:
            run.enter(State.SUCCESS, self.now_us())
            self.ended(run)

    def waiting(self, run: TaskRun, due_us: int) -> None:
        """A timer begins."""
        run.enter(State.RUNNING, self.now_us())
        run.due_us = due_us

    def release(self, frame: Frame) -> None:
        """Starts what the frame may start now; called again for a frame in `decision.unreleased`."""
        self.decision.unreleased.discard(frame.seq)
        if frame.is_closed:
            return
        if frame.is_sequence:
            self.go_on(frame, 0)
        else:
            self._release_wide(frame)

    def outputs_evaluated(self, outputs: dict[str, Any] | None, error: str | None) -> None:
        """The flow's outputs were rendered; an error makes the execution FAILED."""
        frame = self.frames[FLOW_SEQ]
        self.progress.outputs = outputs
        if error:
            self.decision.errors.append((FLOW_SEQ, error))
        self.terminate(frame, State.FAILED if error else frame.result())

    # ------------------------------------------------------------------ one list after the other
    def _child_ended(self, frame: Frame, run: TaskRun) -> None:
        frame.is_dirty = True
        in_tasks = run.branch == frame.branch
        if in_tasks:
            frame.counts[run.state] += 1
        if run.position < run.segment_end:
            if run.state is State.SUCCESS and run.attempt == 1:
                return
            self.launcher.break_chain(run)
        if self.progress.state is State.KILLING or run.branch != frame.current_branch:
            return
        if frame.is_sequence:
            frame.open -= 1 if in_tasks else 0
            self.go_on(frame, run.position + 1)
        elif frame.iterations:
            self._iteration_step(frame, run)
        else:
            frame.open -= 1
            self._release_wide(frame)

    def go_on(self, frame: Frame, position: int) -> None:
        """A sequence runs what stands at the position, or is over."""
        if frame.phase is Phase.TASKS:
            position = max(position, frame.next_index)
        failed = frame.phase is Phase.TASKS and frame.has_failed
        if position < len(self.launcher.tasks(frame)) and not failed:
            self.launcher.publish([self.launcher.line(frame, position, ONCE)], join=False)
        else:
            self._list_over(frame)

    def _iteration_step(self, frame: Frame, run: TaskRun) -> None:
        has_more = run.position + 1 < len(self.launcher.tasks(frame))
        if run.state is not State.FAILED and has_more and not frame.has_failed:
            self.launcher.publish([self.launcher.line(frame, run.position + 1, run.iteration)], join=False)
            return
        frame.open -= 1
        self._release_wide(frame)

    def _release_wide(self, frame: Frame) -> None:
        frame.is_dirty = True
        if frame.has_failed:
            self._list_over(frame)
            return
        if frame.seq in self.decision.unreleased:
            return
        lines = list[tuple[TaskRun, ...]]()
        while frame.next_index < frame.total and (frame.limit == 0 or frame.open < frame.limit):
            if len(lines) >= WIDE:
                self.decision.unreleased.add(frame.seq)
                break
            index, frame.next_index = frame.next_index, frame.next_index + 1
            lines.append(self.launcher.line(frame, *((0, index) if frame.iterations else (index, ONCE))))
        self.launcher.publish(lines, join=frame.limit == 0 and frame.total <= WIDE)
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
            if self.launcher.tasks(frame):
                self.go_on(frame, 0)
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
        self.close_frame(frame)
        run.enter(result, self.now_us())
        run.settle(task.settle(result, 1))
        self._child_ended(self.frames[frame.parent_seq or FLOW_SEQ], run)

    def _close_flow(self, frame: Frame) -> None:
        if frame.phase is Phase.AFTER:
            self._finish(frame)
        elif self.index.flow.outputs:
            frame.phase = Phase.OUTPUTS
            frame.is_dirty = True
            self.decision.evaluate_outputs = True
        else:
            self.terminate(frame, frame.result())

    def terminate(self, frame: Frame, state: State) -> None:
        """The execution has its state; what comes after it runs."""
        self.progress.enter(state, self.now_us())
        self.progress.ended_us = self.now_us()
        frame.phase = Phase.AFTER
        frame.is_dirty = True
        if self.launcher.tasks(frame):
            self.go_on(frame, 0)
        else:
            self._finish(frame)

    def _finish(self, frame: Frame) -> None:
        self.progress.done_us = self.now_us()
        self.close_frame(frame)

    # ------------------------------------------------------------------ frames that end before their children
    def close_frame(self, frame: Frame) -> None:
        """Nothing more happens in it."""
        frame.is_closed = True
        frame.is_dirty = True
        self.decision.unreleased.discard(frame.seq)
        self.frames.pop(frame.seq)
        self.decision.closed.append(frame)

    def _abandon(self, frame: Frame, state: State) -> None:
        """Children that still run when their parent fails are closed like it; their workers are fenced off."""
        decision, now = self.decision, self.now_us()
        decision.abandoned.append(Abandoned(frame.seq, frame.branch, state))
        frame.open = 0
        inside = {frame.seq}
        for run in sorted(self.runs.values(), key=lambda run: run.seq):
            if run.parent_seq not in inside:
                continue
            inside.add(run.seq)
            if run.state is State.PLANNED:
                self.erase(run)
            elif not run.state.is_terminal:
                run.enter(state, now)
                run.fence += 1
            if run.seq in self.frames:
                self.close_frame(self.frames[run.seq])
                decision.abandoned.append(Abandoned(run.seq, None, state))
        decision.evaluate = deque(run for run in decision.evaluate if not run.state.is_terminal)
        decision.publish = [fan for fan in decision.publish if not fan.segments[0][0].state.is_terminal]

    def erase(self, run: TaskRun) -> None:
        """A planned task run that will never be; nobody has seen it."""
        del self.runs[run.seq]
        self.launcher.newest.pop((run.task_id, run.value_hash), None)
        if not run.is_new:
            self.decision.erased.append(run.seq)
