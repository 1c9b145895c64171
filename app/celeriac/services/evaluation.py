"""Evaluates what `plan` asks for: conditions, loop values, fused tasks, the start of subflows, dates to wait for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from celeriac.core.dates import iso_duration
from celeriac.core.dynamic import dynamic_fields, render_properties
from celeriac.core.errors import CeleriacError, TaskFailed
from celeriac.core.execution import Execution, LogLine, Metric
from celeriac.core.expression import truthy
from celeriac.core.flow import Choice, Flowable, Mode, Pausing, Rest, Task
from celeriac.core.state import State
from celeriac.core.task_type import TaskResult, TaskType
from celeriac.services.run_scope import RunScope


@dataclass(frozen=True, slots=True)
class Done:
    """The attempt ended. final: allowFailure and retry do not apply."""

    state: State
    outputs: Mapping[str, Any] | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A flowable's choice."""

    choice: Choice


@dataclass(frozen=True, slots=True)
class Waits:
    """A timer."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Calls:
    """A subflow: the child execution, and whether (and how) its end counts."""

    child: Execution
    handle: dict[str, Any]
    outputs: dict[str, Any]
    waits: bool


@dataclass(frozen=True, slots=True)
class Rests:
    """A pause of the execution."""

    rest: Rest


Event = Done | Opened | Waits | Calls | Rests
Call = Callable[[Task, RunScope], Calls]


@dataclass(slots=True)
class Evaluated:
    """What evaluating one task run gave."""

    event: Event
    logs: Sequence[LogLine] = ()
    metrics: Sequence[Metric] = field(default_factory=list)


def evaluate(task: Task, mode: Mode, scope: RunScope, call: Call) -> Evaluated:
    """Renders, and runs, what the engine runs itself. Errors become an event."""
    try:
        if is_skipped(task, scope):
            event: Event = Done(State.SKIPPED)
        elif mode is Mode.FLOWABLE and isinstance(task, Flowable):
            event = Opened(task.choose(rendered(task, task.evaluated, scope)))
        elif mode is Mode.PAUSE and isinstance(task, Pausing):
            event = Rests(task.rest(rendered(task, task.evaluated, scope)))
        elif mode is Mode.TIMER:
            event = Waits(_seconds(render_properties(task, scope.render)))
            scope.logger.info(f"Waiting for {iso_duration(timedelta(seconds=event.seconds))}")
        elif mode is Mode.CHILD:
            event = call(task, scope)
        else:
            event = run_task(task, scope)
    except CeleriacError as error:
        scope.logger.failure(str(error))
        final = mode in (Mode.FLOWABLE, Mode.CHILD, Mode.PAUSE)
        event = Done(State.FAILED, getattr(error, "outputs", None), final=final)
    return Evaluated(event, scope.logger.take(), scope.metrics)


def is_skipped(task: Task, scope: RunScope) -> bool:
    """True when the task's `runIf` is false."""
    return task.run_if is not None and not truthy(scope.render(task.run_if))


def run_task(task: Task, scope: RunScope) -> Done:
    """One attempt of a task type, with its properties rendered. Raises: TaskFailed, ExpressionError, Killed."""
    if not isinstance(task, TaskType):
        raise TaskFailed(f"task type `{task.type}` cannot be run")
    unrendered = type(task).unrendered | _POLICIES
    result = render_properties(task, scope.render, skip=unrendered).run(scope)
    if isinstance(result, TaskResult):
        return Done(result.state, result.outputs)
    return Done(State.SUCCESS, result)


_POLICIES = frozenset({"retry", "timeout"})


def rendered(task: Task, names: Sequence[str], scope: RunScope) -> dict[str, Any]:
    """{field name: rendered value} of some fields of a task. Raises: TaskFailed, ExpressionError."""
    others = frozenset(type(task).model_fields) - set(names)
    copy = render_properties(task, scope.render, skip=others)
    values = {name: getattr(copy, name) for name in names}
    optional = {one.name for one in dynamic_fields(type(task)) if type(task).model_fields[one.name].is_required()}
    for name in names:
        if values[name] is None and name not in optional:
            values[name] = type(task).model_fields[name].get_default()
    return values


def _seconds(task: Task) -> float:
    duration = getattr(task, "duration", None)
    if not isinstance(duration, timedelta):
        raise TaskFailed("Property `duration` has no value")
    if duration < timedelta(0):
        raise TaskFailed("Property `duration` must not be negative")
    return duration.total_seconds()


def reasons(error: ValidationError) -> str:
    """The messages of a pydantic error in one line."""
    return "; ".join(item["msg"] for item in error.errors(include_url=False))
