"""One attempt of a task run on a worker: claim, run, close (engine.md §3, §4, §13)."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from celeriac.core.claims import Closing, Orphan
from celeriac.core.dynamic import dynamic_fields, render_properties
from celeriac.core.errors import CeleriacError, Killed, TimedOut
from celeriac.core.execution import Execution, Letter, LogLine
from celeriac.core.flow import Mode, Task
from celeriac.core.flow_index import Place
from celeriac.core.frames import TaskRun
from celeriac.core.state import State
from celeriac.core.task_type import TaskLogger
from celeriac.services.evaluation import Done, is_skipped, run_task
from celeriac.services.flows import Flows
from celeriac.services.lookup import Lookup
from celeriac.services.outputs import stored_outputs
from celeriac.services.publishing import Publisher
from celeriac.services.run_scope import LogSink, Processes, RunScope
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_execution
from celeriac.store.claim_store import ClaimStore

RETRY_S = 1.0
"""Between two tries to close an attempt while the database is away: the slot stays taken."""
_TOLD_AT_ONCE = (State.FAILED, State.LOST, State.KILLED)
"""Ends that must not wait for the others of a chord: what follows may be a retry."""
_LAST_LINE = 1 << 41
_log = logging.getLogger(__name__)


T = TypeVar("T")


class TaskRunFailed(Exception):
    """The task run FAILED: raised by the job so that Celery's monitors show the truth."""


class Slot(Protocol):
    """What the worker process offers to one attempt."""

    def processes(self, execution: Execution, run: TaskRun, logger: TaskLogger, timeout_s: float | None) -> Processes:
        """Runs the attempt's commands; knows when it must stop."""

    def logs(self, execution: Execution, run: TaskRun) -> LogSink:
        """Stores the attempt's log lines as they come."""

    def was_taken_away(self, execution: Execution, run: TaskRun) -> bool:
        """True when the attempt was stopped because the worker ends, or must not go on with it."""

    def runs_on(self, execution: Execution, run: TaskRun) -> bool:
        """True when what was taken away goes on without the worker, in a container."""

    def ended(self, execution: Execution, run: TaskRun) -> None:
        """The attempt needs nothing any more."""


class Rest(Protocol):
    """What is left of the chain that a job came in."""

    def may_take(self, seq: int) -> bool:
        """True when the next link runs this task run, and the job may do so itself."""

    def take(self) -> None:
        """The job has taken the next link: no message is to be sent for it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came to."""

    state: State
    outputs: Mapping[str, Any] | None
    began: float | None = None
    """time.monotonic() right after the claim; None for an attempt that another worker began."""

    def ended_us(self, run: TaskRun) -> int | None:
        """The present by the database's clock, which told the start."""
        if self.began is None or run.started_us is None:
            return None
        return run.started_us + int((time.monotonic() - self.began) * 1_000_000)


class Attempts:
    """Runs claimed attempts. One instance per worker process; used by its threads at once."""

    def __init__(
        self, around: Surroundings, flows: Flows, claims: ClaimStore, publisher: Publisher, owner: str, slot: Slot
    ) -> None:
        self._around = around
        self._flows = flows
        self._claims = claims
        self._publisher = publisher
        self._owner = owner
        self._slot = slot

    def __call__(self, execution_id: str, seq: int, attempt: int, rest: Rest | None = None) -> None:
        """Runs the attempt if it is still to be run, then what `rest` lets it take of its chain.

        Raises: TaskRunFailed when the task run FAILED for good.
        """
        claimed = self._claims.claim(execution_id, seq, attempt, self._owner)
        if claimed is None:
            return
        following: TaskRun | None
        following, execution = claimed
        while following is not None:
            following = self._attend_to_its_end(following, execution, rest)

    def adopt(self, orphan: Orphan) -> None:
        """Goes on with an attempt in a container that another worker left. Raises: TaskRunFailed."""
        claimed = self._claims.adopt(orphan, self._owner)
        if claimed is not None:
            self._attend_to_its_end(*claimed)
            self._publisher.advance([orphan.execution_id])

    def _attend_to_its_end(self, run: TaskRun, execution: Execution, rest: Rest | None = None) -> TaskRun | None:
        try:
            return self._attend(run, execution, rest)
        except TaskRunFailed:
            raise
        except Exception as error:  # noqa: BLE001 # nobody else would ever end an attempt that its worker has dropped
            _log.exception("attempt dropped", extra={"execution_id": execution.id, "task_id": run.task_id})
            self._drop(run, execution, error)
            return None

    def _drop(self, run: TaskRun, execution: Execution, error: Exception) -> None:
        """Ends an attempt that could not be run: LOST, to be tried again, when the database was away."""
        state = State.LOST if isinstance(error, self._claims.Unavailable) else State.FAILED
        line = LogLine(
            run.seq, run.attempt, _LAST_LINE, "ERROR", f"{type(error).__name__}: {error}", time.time_ns() // 1000
        )
        closing = Closing(state, None, None, None, [line], (), Letter(execution.id, "ended", run.seq), promote=False)
        if self._until_written(lambda: self._claims.close(execution.id, run, closing)):
            self._publisher.advance([execution.id])

    def _attend(self, run: TaskRun, execution: Execution, rest: Rest | None) -> TaskRun | None:
        """Returns the next task run of the chain when this worker goes on with it."""
        began = None if run.handle else time.monotonic()
        index = self._flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
        place = index.places[run.task_id]
        lookup = Lookup(self._around.outputs, self._around.storage, execution.id, index)
        masker = self._around.maskers.of(execution, index)
        base = of_execution(execution, index, self._around)
        sink = self._slot.logs(execution, run)
        with RunScope(self._around, execution, lookup, run, base, masker, sink=sink) as scope:
            try:
                if place.mode not in (Mode.WORKER, Mode.FUSED):
                    self._evaluate_only(execution, run, place, scope)
                    return None
                result = replace(self._run(execution, run, place, scope), began=began)
                scope.clean_up()
                if result.state is State.LOST and self._slot.runs_on(execution, run):
                    logs = scope.logger.take()
                    self._until_written(lambda: self._claims.leave(execution.id, run, logs))
                    return None
                failed, following = self._close(execution, run, place, scope, result, rest)
                execution.add_secrets(scope.world.secret_names)
            finally:
                self._slot.ended(execution, run)
        if failed:
            raise TaskRunFailed(
                f"{execution.namespace}.{execution.flow_id} {run.task_id}: attempt {run.attempt} failed"
            )
        return following

    def _run(self, execution: Execution, run: TaskRun, place: Place, scope: RunScope) -> Result:
        try:
            if is_skipped(place.task, scope):
                return Result(State.SKIPPED, None)
            timeout = timeout_of(place.task, scope)
            processes = self._slot.processes(execution, run, scope.logger, timeout)
            scope.processes = processes
            started = time.monotonic()
            done: Done = run_task(place.task, scope)
            if timeout is not None and time.monotonic() - started > timeout:
                raise TimedOut(timeout_text(timeout), done.outputs)
            return Result(done.state, done.outputs)
        except Killed:
            taken_away = self._slot.was_taken_away(execution, run)
            return Result(State.LOST if taken_away else State.KILLED, None)
        except CeleriacError as error:
            scope.logger.failure(str(error))
            return Result(State.FAILED, getattr(error, "outputs", None))
        except Exception as error:  # noqa: BLE001 # a task type may raise anything; its task run fails, the worker does not
            _log.exception("task type raised", extra={"execution_id": execution.id, "task_id": run.task_id})
            scope.logger.failure(f"{type(error).__name__}: {error}")
            return Result(State.FAILED, None)

    def _close(
        self, execution: Execution, run: TaskRun, place: Place, scope: RunScope, result: Result, rest: Rest | None
    ) -> tuple[bool, TaskRun | None]:
        """(the task run FAILED for good, the next one of its chain when this worker goes on with it)."""
        state = result.state
        try:
            outputs, uri = stored_outputs(self._around.storage, execution, run, result.outputs)
        except CeleriacError as error:
            scope.logger.failure(str(error))
            state, outputs, uri = State.FAILED, None, None
        retried = state is State.FAILED and self._is_retried(run, place)
        settled = state if retried else place.task.settle(state, run.attempt - run.lost)
        promote = settled is State.SUCCESS and run.attempt == 1 and run.position < run.segment_end
        closing = Closing(
            state=state,
            attempt_state=None,
            outputs=outputs,
            outputs_uri=uri,
            logs=scope.logger.take(),
            metrics=scope.metrics,
            letter=Letter(execution.id, "ended", run.seq, _secrets_used(scope)),
            promote=promote,
            ended_us=result.ended_us(run),
            taken_by=self._owner if promote and rest is not None and rest.may_take(run.seq + 1) else None,
        )
        closed = self._until_written(lambda: self._claims.close(execution.id, run, closing))
        if closed is None:
            _log.info(
                "fenced off", extra={"execution_id": execution.id, "task_id": run.task_id, "attempt": run.attempt}
            )
            return False, None
        failed = settled is State.FAILED and not retried
        if state in _TOLD_AT_ONCE or (run.position < run.segment_end and not promote):
            self._publisher.advance([execution.id])
        if closed.following is not None and rest is not None:
            rest.take()
        return failed, closed.following

    def _is_retried(self, run: TaskRun, place: Place) -> bool:
        now = self._around.now_us()
        return place.retry is not None and (
            place.retry.next_us(run.attempt - run.lost, run.first_started_us or now, now, lambda: 0.5) is not None
        )

    def _evaluate_only(self, execution: Execution, run: TaskRun, place: Place, scope: RunScope) -> None:
        """Renders the properties of a flowable, subflow or timer whose expressions read files and the like."""
        try:
            payload: dict[str, Any] = {"rendered": _rendered_raw(place.task, scope)}
        except CeleriacError as error:
            scope.logger.failure(str(error))
            payload = {"failed": True}
        letter = Letter(execution.id, "evaluated", run.seq, payload)
        self._until_written(lambda: self._claims.release(execution.id, run, letter, scope.logger.take()))

    def _until_written(self, write: Callable[[], T]) -> T:
        while True:
            try:
                return write()
            except self._claims.Unavailable as error:
                _log.warning("database is away, the result waits", extra={"error": str(error)})
                time.sleep(RETRY_S)


def timeout_of(task: Task, scope: RunScope) -> float | None:
    """The task's timeout in seconds. Raises: TaskFailed, ExpressionError."""
    if task.timeout is None:
        return None
    others = frozenset(type(task).model_fields) - {"timeout"}
    timeout = render_properties(task, scope.render, skip=others).timeout
    return timeout.total_seconds() if isinstance(timeout, timedelta) else None


def timeout_text(seconds: float) -> str:
    """The message of a timeout, as the engines write it."""
    whole, millis = divmod(round(seconds * 1000), 1000)
    return f"Timeout after {whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{millis:03d}"


def _rendered_raw(task: Task, scope: RunScope) -> dict[str, Any]:
    names = getattr(task, "evaluated", None) or [one.name for one in dynamic_fields(type(task))]
    return {
        name: scope.render(getattr(task, name), typed=True)
        for name in (*names, "run_if")
        if getattr(task, name) is not None and name in task.model_fields_set
    }


def _secrets_used(scope: RunScope) -> dict[str, Any] | None:
    names = sorted(scope.world.secret_names)
    return {"secrets": names} if names else None
