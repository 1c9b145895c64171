"""One visit of `advance`: folds the facts, evaluates what the plan asks for, and writes in batches (engine.md §6).

No transaction is open while planning or rendering.
"""

import time
from collections.abc import Sequence
from typing import Any

from celeriac.core.decision import Fan, Progress
from celeriac.core.execution import Changes, Fact, Letter, Visit
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import TaskRun
from celeriac.core.plan import Planner
from celeriac.core.state import State
from celeriac.core.steering import rested, rests
from celeriac.services.batch import Batch, changes_of, take_over
from celeriac.services.evaluation import Calls, Done, Evaluated, Opened, Rests, Waits, evaluate
from celeriac.services.flows import Flows
from celeriac.services.folding import Folding
from celeriac.services.lookup import Lookup
from celeriac.services.loop_values import LoopValues
from celeriac.services.outputs import OutputsTooLarge, flow_outputs, stored_outputs
from celeriac.services.publishing import Publisher
from celeriac.services.run_scope import RunScope
from celeriac.services.subflows import Subflows
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_execution

BATCH = 25
BATCH_S = 0.05
BATCH_CHARS = 1_000_000
VISIT_WRITES = 10
VISIT_S = 0.5
NEVER_RESUMED = "Nobody can resume an execution that has ended: a pause after its end needs a `pauseDuration`"


class Round:
    """One visit: folds its facts, then evaluates and writes in batches until nothing is left or its time is up."""

    def __init__(
        self, visit: Visit, around: Surroundings, flows: Flows, subflows: Subflows, publisher: Publisher
    ) -> None:
        execution = visit.execution
        self._around = around
        self._subflows = subflows
        self._publisher = publisher
        self._visit = visit
        self._facts: Sequence[Fact] = ()
        self._started = time.monotonic()
        self._execution = execution
        self._index: FlowIndex = flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
        self._values = LoopValues(around.executions, execution.id, visit.frames)
        self._batch = Batch()
        self._left_over = False
        self._rests = False
        progress = Progress(
            execution.state,
            execution.next_seq,
            execution.histories,
            execution.started_us,
            execution.ended_us,
            execution.done_us,
            execution.outputs,
        )
        self._planner = Planner(
            self._index, progress, visit.frames, visit.runs, self._values, self._now_us, around.random
        )
        newest = self._planner.launcher.newest
        execution.add_secrets(name for fact in visit.facts for name in (fact.payload or {}).get("secrets") or ())
        self._masker = around.maskers.of(execution, self._index)
        self._lookup = Lookup(around.outputs, around.storage, execution.id, self._index, newest, self._planner.runs)
        self._secret_names = set(execution.secrets or ())
        self._folding = Folding(visit, self._index, self._planner, subflows, self._now_us, self._error)
        self._rendered = self._folding.rendered

    def run(self) -> None:
        """Raises: Stale when the execution moved meanwhile; what was written until then stays written."""
        self._facts = self._folding.fold()
        if not self._facts:
            return
        self._batch.letters, self._batch.relabelled = self._folding.letters, self._folding.relabelled
        writes = 0
        while True:
            finished = self._evaluate_batch()
            self._write()
            writes += 1
            if finished and not self._rests:
                return
            if self._rests or writes >= VISIT_WRITES or time.monotonic() - self._started > VISIT_S:
                self._publisher.advance([self._execution.id])
                return

    def _now_us(self) -> int:
        return self._visit.now_us + int((time.monotonic() - self._started) * 1_000_000)

    # ------------------------------------------------------------------ evaluation
    def _evaluate_batch(self) -> bool:
        """Evaluates until nothing is left (True) or the batch is full (False)."""
        decision = self._planner.decision
        since, count = time.monotonic(), 0
        while decision.is_unfinished:
            if self._rests or count >= BATCH or self._batch.size > BATCH_CHARS or time.monotonic() - since > BATCH_S:
                return False
            if decision.evaluate_outputs:
                decision.evaluate_outputs = False
                self._evaluate_flow_outputs()
                continue
            generation = self._next_generation(BATCH - count)
            if not generation and (decision.evaluate or not self._release()):
                return False
            count += len(generation)
            for run, evaluated in [(run, self._evaluate(run)) for run in generation]:
                self._apply(run, evaluated)
        return True

    def _release(self) -> bool:
        """Lets wide frames go on, unless rows wait to be written: 200 new ones at a time."""
        planner = self._planner
        if any(run.is_new for run in planner.runs.values()):
            return False
        for seq in list(planner.decision.unreleased):
            if seq in planner.frames:
                planner.release(planner.frames[seq])
            else:
                planner.decision.unreleased.discard(seq)
        return True

    def _next_generation(self, most: int) -> list[TaskRun]:
        """What can be evaluated together; nothing when the next one reads rows that are still to be written."""
        waiting, found = self._planner.decision.evaluate, list[TaskRun]()
        while waiting and len(found) < most:
            if self._index.places[waiting[0].task_id].reads_rows and (found or not self._is_written):
                break
            found.append(waiting.popleft())
        return found

    @property
    def _is_written(self) -> bool:
        ended = any(run.is_dirty for run in self._planner.runs.values())
        return not (ended or self._batch.logs or self._planner.decision.errors)

    def _evaluate(self, run: TaskRun) -> Evaluated:
        place = self._index.places[run.task_id]
        started = self._now_us()
        base = self._base_variables()
        with RunScope(self._around, self._execution, self._lookup, run, base, self._masker) as scope:
            task = place.task
            if run.seq in self._rendered:
                task = task.model_copy(update=self._rendered[run.seq])
                scope.is_literal = True
            evaluated = evaluate(task, place.mode, scope, self._subflows.call_from(self._execution))
            self._secret_names |= scope.world.secret_names
        if isinstance(evaluated.event, Done):
            self._end(run, evaluated.event, started)
        return evaluated

    def _end(self, run: TaskRun, done: Done, started_us: int) -> None:
        if done.state is not State.SKIPPED:
            run.enter(State.RUNNING, started_us)
        state = done.state
        try:
            run.outputs, run.outputs_uri = stored_outputs(self._around.storage, self._execution, run, done.outputs)
        except OutputsTooLarge as error:
            self._error(run.seq, run.attempt, str(error))
            state = State.FAILED
        run.enter(state, self._now_us())

    def _apply(self, run: TaskRun, evaluated: Evaluated) -> None:
        planner, batch, event = self._planner, self._batch, evaluated.event
        batch.logs.extend(evaluated.logs)
        batch.metrics.extend((run.seq, run.attempt, metric) for metric in evaluated.metrics)
        batch.size += sum(len(line.message) for line in evaluated.logs)
        if isinstance(event, Done):
            planner.ended(run, final=event.final)
        elif run.state.is_terminal:
            return
        elif isinstance(event, Opened):
            self._open(run, event)
        elif isinstance(event, Waits):
            planner.waiting(run, self._now_us() + int(event.seconds * 1_000_000))
        elif isinstance(event, Calls):
            self._start_child(run, event)
        elif isinstance(event, Rests):
            self._pause(run, event)

    def _open(self, run: TaskRun, event: Opened) -> None:
        if event.choice.iterations is not None:
            self._values.learn(run.seq, event.choice.iterations)
            self._batch.loop_values.append((run.seq, event.choice.iterations))
        self._planner.opened(run, event.choice)

    def _pause(self, run: TaskRun, event: Rests) -> None:
        """The execution is paused by the next visit, which sees all that is open; this one begins nothing more."""
        aside = rests(self._planner, run, event.rest)
        if self._planner.progress.ended_us is None:
            self._rests = True
            self._batch.letters.append(Letter(self._execution.id, "pause", run.seq))
        elif event.rest.seconds is None:
            self._error(run.seq, run.attempt, NEVER_RESUMED)
            rested(self._planner, run, State.FAILED)
        if aside is not None and aside in self._planner.decision.evaluate:
            self._planner.decision.evaluate.remove(aside)
            self._apply(aside, self._evaluate(aside))

    def _start_child(self, run: TaskRun, event: Calls) -> None:
        run.enter(State.RUNNING, self._now_us())
        run.outputs = event.outputs
        child = event.child
        child.parent_seq, child.parent_attempt, child.parent_id = run.seq, run.attempt, self._execution.id
        run.handle = event.handle
        self._batch.children.append(child)
        if not event.waits:
            run.enter(State.SUCCESS, self._now_us())
            self._planner.ended(run)

    def _evaluate_flow_outputs(self) -> None:
        outputs, error = flow_outputs(
            self._around, self._execution, self._index, self._lookup, self._base_variables(), self._masker
        )
        self._planner.outputs_evaluated(outputs, error)

    def _base_variables(self) -> dict[str, Any]:
        self._execution.state = self._planner.progress.state
        self._execution.outputs = self._planner.progress.outputs
        return of_execution(self._execution, self._index, self._around)

    # ------------------------------------------------------------------ writing
    def _error(self, seq: int, attempt: int, message: str) -> None:
        self._batch.error(seq, attempt, self._masker.mask(message), self._now_us())

    def _write(self) -> None:
        planner, execution, decision = self._planner, self._execution, self._planner.decision
        for seq, message in decision.errors:
            self._error(seq, planner.runs[seq].attempt if seq else 1, message)
        take_over(execution, planner.progress)
        execution.secrets = sorted(self._secret_names) or None
        fans, now = decision.publish, self._now_us()
        for fan in fans:
            for segment in fan.segments:
                segment[0].published_us = now
        changes = changes_of(execution, planner, self._batch, self._facts, self._rendered)
        changes.left_over |= self._left_over
        self._around.executions.save(changes)
        self._left_over = decision.is_unfinished
        self._forget_written()
        self._publish(fans, changes)

    def _publish(self, fans: Sequence[Fan], changes: Changes) -> None:
        own = self._execution.id
        if fans:
            self._publisher.fans(own, fans)
        told = [letter.execution_id for letter in changes.letters if letter.execution_id != own]
        if others := [*(child.id for child in changes.children), *told]:
            self._publisher.advance(others)

    def _forget_written(self) -> None:
        planner = self._planner
        self._facts = ()
        self._batch = Batch()
        for run in planner.runs.values():
            run.is_new = run.is_dirty = False
            run.loaded_state, run.loaded_fence = run.state.value, run.fence
        for frame in planner.frames.values():
            frame.is_new = frame.is_dirty = False
        planner.decision.forget_written()
