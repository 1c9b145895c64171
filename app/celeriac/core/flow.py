"""What a YAML file becomes: Flow, its tasks, flowables and policies. Property names are those of Kestra (camelCase)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo, WrapValidator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from celeriac.core.checks import Check
from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic
from celeriac.core.inputs import AnyInput
from celeriac.core.labels import Labels
from celeriac.core.retry import AnyRetry
from celeriac.core.sla import AnySla
from celeriac.core.state import State
from celeriac.core.trigger_type import TriggerType


class Model(BaseModel):
    """Base of everything that stands in a flow file: frozen, unknown properties are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )


class Mode(StrEnum):
    """How the engine runs a task (engine.md §5, §6)."""

    FLOWABLE = "FLOWABLE"
    """Has child tasks; decided in plan."""
    FUSED = "FUSED"
    """Cheap and without effects outside its execution: run inside advance."""
    WORKER = "WORKER"
    """Run by a worker, from a message."""
    CHILD = "CHILD"
    """Another execution, awaited."""
    TIMER = "TIMER"
    """A date to wait for; holds no worker."""
    PAUSE = "PAUSE"
    """Pauses the execution until somebody resumes it, or a date comes."""


class LogLevel(StrEnum):
    """Levels of task logs, lowest first."""

    TRACE = "TRACE"
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


TaskId = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$", max_length=256)]
FlowId = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$", max_length=100)]
Namespace = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=150)]


class Task(Model):
    """A step of a flow. Task types subclass it (`core.task_type.TaskType`), flowables too (`Flowable`)."""

    type_name: ClassVar[str] = ""
    """Full name as Kestra writes it, e.g. `io.kestra.plugin.core.log.Log`."""
    aliases: ClassVar[tuple[str, ...]] = ()
    mode: ClassVar[Mode] = Mode.WORKER

    id: TaskId
    type: str
    description: str | None = None
    retry: AnyRetry | None = None
    timeout: Dynamic[Duration] | None = None
    disabled: bool = False
    allow_failure: bool = False
    allow_warning: bool = False
    run_if: Annotated[str | None, BeforeValidator(lambda value: _boolean_text(value))] = None
    log_level: LogLevel | None = None

    def child_lists(self) -> Mapping[str, "Sequence[Task]"]:
        """{list name: child tasks}, `errors` and `finally` included; empty for a task without children."""
        return {}

    def settle(self, state: State, attempts: int) -> State:
        """The state of the task run from the state of its last attempt: allowFailure, allowWarning, warningOnRetry."""
        if state is State.SUCCESS and attempts > 1 and self.retry is not None and self.retry.warning_on_retry:
            state = State.WARNING
        if state is State.FAILED and self.allow_failure:
            state = State.WARNING
        return State.SUCCESS if state is State.WARNING and self.allow_warning else state


def _boolean_text(value: Any) -> Any:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _typed_task(value: Any, handler: Any, info: ValidationInfo) -> Task:
    if isinstance(value, Task):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("task", "a task is a mapping with `id` and `type`")
    kind = (info.context or {})["types"].task(value.get("type"))
    return kind.model_validate(value, context=info.context)  # type: ignore[no-any-return] # the registry is untyped context


AnyTask = Annotated[Task, WrapValidator(_typed_task)]
TaskList = list[AnyTask]


@dataclass(frozen=True, slots=True)
class Choice:
    """What an opened flowable does: the list it runs, how often, how many at once, and its own outputs.

    tasks: name of the child list, None = nothing to run. iterations: None = once, else once per loop value, the list
    being sequential inside one. limit: children (or iterations) at once, 0 = all.
    """

    tasks: str | None
    limit: int = 1
    iterations: Sequence[str] | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)


class Flowable(Task):
    """A task that only creates child task runs."""

    mode: ClassVar[Mode] = Mode.FLOWABLE
    evaluated: ClassVar[tuple[str, ...]] = ()
    """Names of the fields that are rendered when it opens."""

    errors: TaskList = []
    finally_: Annotated[TaskList, Field(alias="finally")] = []

    def child_lists(self) -> Mapping[str, Sequence[Task]]:
        own = {"tasks": getattr(self, "tasks", [])}
        return {**own, "errors": self.errors, "finally": self.finally_}

    def choose(self, values: Mapping[str, Any]) -> Choice:
        """The choice for the rendered `evaluated` fields, {field name: typed value}. Raises: TaskFailed."""
        return Choice("tasks")

    def close(self, state: State) -> State:
        """The state of the flowable when its `tasks` list ended as `state`."""
        return state


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause: for how long at most (None = until somebody resumes the execution), and how the task run ends then."""

    seconds: float | None
    ends: State


ON_PAUSE = "onPause"
"""Child list of a pause whose task nothing waits for."""


class Pausing(Flowable):
    """A task that pauses its execution. When it is resumed, its `tasks` run, or its `errors` when it FAILED then."""

    mode: ClassVar[Mode] = Mode.PAUSE

    on_resume: list[AnyInput] = []

    def rest(self, values: Mapping[str, Any]) -> Rest:
        """The pause for the rendered `evaluated` fields. Raises: TaskFailed."""
        return Rest(None, State.SUCCESS)


class Output(Model):
    """A declared output of a flow."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][.a-zA-Z0-9_-]*$")]
    type: str
    value: Any
    display_name: str | None = None
    description: str | None = None
    required: bool = True


class PluginDefault(Model):
    """Values for every task (or trigger, runner …) whose type starts with `type`."""

    type: str
    values: dict[str, Any] = {}
    forced: bool = False


def _typed_trigger(value: Any, handler: Any, info: ValidationInfo) -> TriggerType:
    if not isinstance(value, dict):
        raise PydanticCustomError("trigger", "a trigger is a mapping with `id` and `type`")
    kind = (info.context or {})["types"].trigger(value.get("type"))
    return kind.model_validate(value, context=info.context)  # type: ignore[no-any-return] # the registry is untyped context


AnyTrigger = Annotated[TriggerType, WrapValidator(_typed_trigger)]


class ConcurrencyBehavior(StrEnum):
    """What happens to an execution over the limit."""

    QUEUE = "QUEUE"
    CANCEL = "CANCEL"
    FAIL = "FAIL"


class Concurrency(Model):
    """How many executions of the flow may run at once."""

    limit: Annotated[int, Field(ge=1)]
    behavior: ConcurrencyBehavior = ConcurrencyBehavior.QUEUE


class Flow(Model):
    """A flow, parsed. `source`, `revision` and the like belong to its stored row."""

    id: FlowId
    namespace: Namespace
    description: str | None = None
    labels: Labels = {}
    inputs: list[AnyInput] = []
    variables: dict[str, Any] = {}
    tasks: Annotated[TaskList, Field(min_length=1)]
    errors: TaskList = []
    finally_: Annotated[TaskList, Field(alias="finally")] = []
    after_execution: TaskList = []
    outputs: list[Output] = []
    plugin_defaults: list[PluginDefault] = []
    triggers: list[AnyTrigger] = []
    concurrency: Concurrency | None = None
    sla: list[AnySla] = []
    checks: list[Check] = []
    retry: AnyRetry | None = None
    disabled: bool = False

    def child_lists(self) -> Mapping[str, Sequence[Task]]:
        """{list name: tasks} of the flow itself."""
        return {
            "tasks": self.tasks,
            "errors": self.errors,
            "finally": self.finally_,
            "afterExecution": self.after_execution,
        }

    def walk(self) -> Iterator[tuple[Task, "Task | None"]]:
        """Every task with its parent flowable (None = the flow), depth first, in order of the file."""
        yield from _walk(self.child_lists(), None)


def _walk(lists: Mapping[str, Sequence[Task]], parent: Task | None) -> Iterator[tuple[Task, Task | None]]:
    for tasks in lists.values():
        for task in tasks:
            yield task, parent
            yield from _walk(task.child_lists(), task)
