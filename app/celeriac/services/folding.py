"""The facts of one visit, folded into the plan in their order; those that a paused execution puts off stay facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.execution import RESTARTED, Execution, Fact, Letter, Visit
from celeriac.core.flow import Mode
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import TaskRun
from celeriac.core.plan import Planner
from celeriac.core.reopening import reopen
from celeriac.core.state import State
from celeriac.core.steering import is_first, is_put_off, kill, killed, pause, rested, resume
from celeriac.services.subflows import Subflows
from celeriac.services.variables import iso


@dataclass(slots=True)
class Folding:
    """One visit's facts. error(seq, attempt, message) logs.

    rendered: {seq: properties that a worker has rendered}. letters: facts for others, or for later. relabelled: the
    execution has got another label.
    """

    visit: Visit
    index: FlowIndex
    planner: Planner
    subflows: Subflows
    now_us: Callable[[], int]
    error: Callable[[int, int, str], None]
    rendered: dict[int, dict[str, Any]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    relabelled: bool = False

    def fold(self) -> Sequence[Fact]:
        """Folds the facts; returns those that were used."""
        used, put_off = list[Fact](), list[Fact]()
        for fact in sorted(self.visit.facts, key=lambda fact: not is_first(fact.kind)):
            if is_put_off(fact.kind, self._state):
                (used if self._ends_while_paused(fact) else put_off).append(fact)
                continue
            self._fold(fact)
            used.append(fact)
        if self._state is not State.PAUSED:
            for fact in put_off:
                self._fold(fact)
            used += put_off
        if self._state is State.KILLING:
            killed(self.planner)
        return used

    @property
    def _state(self) -> State:
        return self.planner.progress.state

    @property
    def _execution(self) -> Execution:
        return self.visit.execution

    # ------------------------------------------------------------------ facts about the execution
    def _fold(self, fact: Fact) -> None:
        planner, payload = self.planner, fact.payload or {}
        if fact.kind == "start":
            if self._state is State.CREATED:
                planner.start()
        elif fact.kind == "kill":
            if planner.progress.ended_us is None:
                kill(planner, cascade=payload.get("cascade", True))
        elif fact.kind == "pause":
            if self._state is State.RUNNING and (not fact.seq or self._rests(fact.seq)):
                pause(planner)
        elif fact.kind == "resume":
            self._resume(fact.seq, payload)
        elif fact.kind == "restart":
            if self._state is State.RESTARTED:
                self._reopen()
        elif fact.kind == "again":
            self._again(payload)
        elif fact.kind == "outputs":
            planner.decision.evaluate_outputs = True
        elif fact.kind == "go" and fact.seq in planner.frames:
            planner.decision.unreleased.add(fact.seq)
        elif (run := planner.runs.get(fact.seq)) is not None:
            self._fold_run(fact, run, payload)

    def _rests(self, seq: int) -> bool:
        run = self.planner.runs.get(seq)
        return run is not None and run.state is State.PAUSED

    def _resume(self, seq: int, payload: Mapping[str, Any]) -> None:
        """seq: of the task run whose pause is over, 0 = of one by hand."""
        if self._state is not State.PAUSED or (seq and not self._rests(seq)):
            return
        if seq:
            self._end_rest(self.planner.runs[seq], State.SUCCESS, {"onResume": payload.get("inputs") or {}})
        elif not any(run.state is State.PAUSED for run in self.planner.runs.values()):
            resume(self.planner)

    def _end_rest(self, run: TaskRun, state: State, outputs: Mapping[str, Any]) -> None:
        """The execution stays PAUSED as long as another task run pauses it; this one goes on with the others then.

        An execution that has ended is not PAUSED by what runs after it.
        """
        now = self.now_us()
        run.outputs = {**outputs, "resumed": {"on": iso(now), "to": state.value}}
        run.due_us = None
        if self._state is not State.PAUSED:
            rested(self.planner, run, state)
            return
        if any(one.state is State.PAUSED for one in self.planner.runs.values() if one is not run):
            run.enter(State.RUNNING, now)
            self.letters.append(Letter(self._execution.id, "rested", run.seq, {"state": state.value}))
            return
        self.planner.progress.enter(State.RESTARTED, now)
        resume(self.planner)
        rested(self.planner, run, state)

    def _reopen(self) -> None:
        if self.visit.reopening is not None:
            reopen(self.planner, self.visit.reopening)

    def _again(self, payload: Mapping[str, Any]) -> None:
        """The parent's task run begins anew and wants to hear of our end, which is to come or to be repeated."""
        progress, execution, found = self.planner.progress, self._execution, self.visit.reopening
        execution.parent_attempt = payload["attempt"]
        if progress.done_us is None or progress.state is not State.FAILED or found is None or not found.runs:
            return
        progress.enter(State.RESTARTED, self.now_us())
        progress.ended_us = progress.done_us = progress.outputs = None
        execution.labels = {**execution.labels, RESTARTED: "true"}
        self.relabelled = True
        self._reopen()

    # ------------------------------------------------------------------ facts about a task run
    def _fold_run(self, fact: Fact, run: TaskRun, payload: Mapping[str, Any]) -> None:
        planner = self.planner
        if fact.kind == "evaluated" or (fact.payload and fact.kind == "go"):
            self._evaluated_by_worker(run, payload)
        elif fact.kind == "go":
            if run.state is State.CREATED:
                planner.decision.evaluate.append(run)
        elif fact.kind in ("ended", "final"):
            if run.state.is_terminal:
                planner.ended(run, final=fact.kind == "final")
        elif fact.kind == "due":
            self._due(run)
        elif fact.kind == "rested":
            rested(planner, run, State(payload["state"]))
        elif fact.kind == "child" and self._child_ended(run, payload):
            planner.ended(run)

    def _due(self, run: TaskRun) -> None:
        if run.state is State.PAUSED:
            self._end_rest(run, State((run.handle or {})["ends"]), {})
        else:
            self.planner.due(run)

    def _ends_while_paused(self, fact: Fact) -> bool:
        """A timer or a subflow that ends is seen at once; what follows from it is put off. A pause may end itself."""
        run = self.planner.runs.get(fact.seq)
        if run is None:
            return False
        if fact.kind == "due" and run.state is State.PAUSED:
            self._due(run)
            return True
        is_timer = self.index.places[run.task_id].mode is Mode.TIMER
        if fact.kind == "due" and is_timer and run.state is State.RUNNING:
            run.enter(State.SUCCESS, self.now_us())
        elif fact.kind != "child" or not self._child_ended(run, fact.payload or {}):
            return False
        self.letters.append(Letter(self._execution.id, "ended", run.seq))
        return True

    def _child_ended(self, run: TaskRun, told: Mapping[str, Any]) -> bool:
        if run.attempt != told.get("attempt") or run.state not in (State.RUNNING, State.KILLING):
            return False
        task = self.index.task(run.task_id)
        state, run.outputs, error = self.subflows.result(task, run.handle or {}, told)
        if error is not None:
            self.error(run.seq, run.attempt, error)
        run.enter(state, self.now_us())
        return True

    def _evaluated_by_worker(self, run: TaskRun, told: Mapping[str, Any]) -> None:
        if run.state is not State.RUNNING:
            return
        if told.get("failed"):
            run.enter(State.FAILED, self.now_us())
            self.planner.ended(run, final=True)
            return
        self.rendered[run.seq] = told["rendered"]
        self.planner.decision.evaluate.append(run)
