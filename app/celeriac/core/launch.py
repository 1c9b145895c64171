"""Task runs come to be, and get further attempts: the part of `core.plan` that makes rows. No decision what is next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from celeriac.core.decision import Decision, Dropped, Fan, Progress, Superseded
from celeriac.core.flow import ON_PAUSE, Mode, Task
from celeriac.core.flow_index import SEGMENT, FlowIndex
from celeriac.core.frames import FLOW_SEQ, ONCE, Frame, Phase, TaskRun, hash_values
from celeriac.core.state import State

MAX_LOST = 3
"""A task run whose worker was lost this often FAILS."""


@dataclass(slots=True)
class Launcher:
    """Makes task runs for one visit.

    loop_value: (seq of the loop's task run, iteration) → value. now_us: () → the time of the visit.
    newest: {(task id, value hash): the task run}, for lookups by expressions.
    """

    index: FlowIndex
    progress: Progress
    runs: dict[int, TaskRun]
    decision: Decision
    loop_value: Callable[[int, int], str]
    now_us: Callable[[], int]
    random: Callable[[], float]
    newest: dict[tuple[str, str], TaskRun] = field(default_factory=dict)

    def tasks(self, frame: Frame) -> Sequence[Task]:
        """The tasks of the list that the frame is running."""
        owner = None if frame.seq == FLOW_SEQ else self.runs[frame.seq].task_id
        return self.index.list_of(owner, frame.current_branch)

    def line(self, frame: Frame, position: int, iteration: int) -> tuple[TaskRun, ...]:
        """The task run at a position and, when it can lead a chain, those after it. Counts the line as open."""
        tasks = self.tasks(frame)
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

    def aside(self, owner: TaskRun, task: Task, chain: tuple[str, ...]) -> TaskRun:
        """The task run beside a pause, for which nothing waits."""
        frame = Frame(owner.seq, owner.parent_seq, ON_PAUSE, chain=chain)
        run = self._create(frame, task, 0, ONCE, 0)
        self.publish([(run,)], join=False)
        return run

    def publish(self, lines: Iterable[tuple[TaskRun, ...]], *, join: bool) -> None:
        """Sends the lines that begin on a worker, in one chord if `join` and there are several."""
        segments = tuple(line for line in lines if line[0].state is State.QUEUED)
        if segments:
            self.decision.publish.append(Fan(segments, join and len(segments) > 1))

    def retries(self, run: TaskRun, frame: Frame) -> bool:
        """Gives a failed task run its next date, if its policy has one."""
        policy = self.index.places[run.task_id].retry
        if policy is None or run.ended_us is None or self.progress.state is State.KILLING:
            return False
        tries, started_us = run.attempt - run.lost, run.first_started_us or run.created_us
        due_us = policy.next_us(tries, started_us, run.ended_us, self.random)
        if due_us is None:
            return False
        self.break_chain(run)
        run.attempt_state = State.FAILED
        run.enter(State.RETRYING, run.ended_us)
        run.due_us = due_us
        frame.retrying += 1
        frame.is_dirty = True
        return True

    def try_again(self, run: TaskRun, frame: Frame) -> None:
        """The date of a retry has come."""
        frame.retrying -= 1
        frame.is_dirty = True
        self._supersede(run)
        self._next_attempt(run)

    def relaunches(self, run: TaskRun) -> bool:
        """Lets another attempt follow a lost one, three times at most."""
        if self.progress.state is State.KILLING:
            run.settle(State.KILLED)
            return False
        run.lost += 1
        if run.lost >= MAX_LOST:
            run.settle(State.FAILED)
            run.attempt_state = State.LOST
            self.decision.errors.append((run.seq, f"worker lost {MAX_LOST} times"))
            return False
        self.break_chain(run)
        self._supersede(run)
        self._next_attempt(run)
        return True

    def run_again(self, run: TaskRun) -> None:
        """Another attempt of a task run that had ended for good; a flowable is only evaluated again."""
        run.segment_end, run.lost = run.position, 0
        if self.index.places[run.task_id].mode is Mode.FLOWABLE:
            histories = run.histories
            self._begin(run)
            run.histories = histories
            return
        self._supersede(run)
        run.enter(State.RESTARTED, self.now_us())
        self._next_attempt(run)

    def calls_again(self, run: TaskRun) -> None:
        """The child of a subflow is to begin anew: it tells its end to the next attempt."""
        self._supersede(run)
        run.enter(State.RESTARTED, self.now_us())
        run.attempt += 1
        run.attempt_state = run.ended_us = None
        run.enter(State.RUNNING, self.now_us())
        self.decision.restart_children.append(run)

    def break_chain(self, run: TaskRun) -> None:
        """What was planned behind a task run will be planned anew."""
        if run.position < run.segment_end:
            self.decision.dropped.append(
                Dropped(run.parent_seq, run.branch, run.iteration, run.position, run.segment_end)
            )
            for other in [one for one in self.runs.values() if one.state is State.PLANNED and _follows(one, run)]:
                del self.runs[other.seq]
            run.segment_end = run.position
            run.is_dirty = True

    def _create(self, frame: Frame, task: Task, position: int, iteration: int, end: int) -> TaskRun:
        value = self.loop_value(frame.seq, iteration) if iteration != ONCE else None
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
            value_hash=hash_values(frame.chain_of(value)),
            is_new=True,
        )
        self.progress.next_seq += 1
        self.runs[run.seq] = run
        self.newest[(task.id, run.value_hash)] = run
        run.histories = [[State.CREATED.value, run.created_us]]
        if self._is_for_worker(run):
            run.state = State.QUEUED
        else:
            self.decision.evaluate.append(run)
        return run

    def _next_attempt(self, run: TaskRun) -> None:
        run.attempt += 1
        self._begin(run)

    def _begin(self, run: TaskRun) -> None:
        run.attempt_state = None
        run.owner = run.handle = run.outputs = run.outputs_uri = None
        run.started_us = run.ended_us = None
        if self._is_for_worker(run):
            run.enter(State.QUEUED, self.now_us())
            self.decision.publish.append(Fan(((run,),), join=False))
        else:
            run.enter(State.CREATED, self.now_us())
            self.decision.evaluate.append(run)

    def _supersede(self, run: TaskRun) -> None:
        state = run.attempt_state or run.state
        self.decision.superseded.append(Superseded(run.seq, run.attempt, state, run.started_us, run.ended_us))

    def _is_for_worker(self, run: TaskRun) -> bool:
        place = self.index.places[run.task_id]
        return place.mode is Mode.WORKER or place.evaluated_by_worker


def _follows(other: TaskRun, run: TaskRun) -> bool:
    """True for a later member of the same chain."""
    same_list = (other.parent_seq, other.branch, other.iteration) == (run.parent_seq, run.branch, run.iteration)
    return same_list and run.position < other.position <= run.segment_end
