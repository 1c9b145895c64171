"""Stand-ins for types that are not built: they read like the real ones and fail when they would have to work."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    create_model,
)

from celeriac.core.condition_type import ConditionType
from celeriac.core.errors import TaskFailed
from celeriac.core.flow import AnyTask, Choice, Flowable, Model, Task
from celeriac.core.runner import RunnerType
from celeriac.core.task_type import TaskContext, TaskResult, TaskType
from celeriac.core.trigger_type import TriggerType

NOT_BUILT = "known in Kestra, not in this version of Celeriac"


class Missing(BaseModel):
    """Marks a stand-in; `reason` says why there is nothing better."""

    model_config = ConfigDict(extra="allow")
    _reason: str = PrivateAttr(default=NOT_BUILT)

    @property
    def reason(self) -> str:
        """Why the real type is not there, or could not be read."""
        return self._reason


class MissingTask(Missing, TaskType):
    """A task that fails its own task run."""

    model_config = ConfigDict(extra="allow")

    def run(self, context: TaskContext) -> Mapping[str, Any] | TaskResult | None:
        raise TaskFailed(f"Task `{self.id}` of type `{self.type}`: {self.reason}")


class DagTask(Model):
    """A task wrapped with what it waits for, as the list of a Dag has it."""

    task: AnyTask
    depends_on: list[str] = []


def _child(value: Any, handler: Any, info: ValidationInfo) -> Any:
    wrapped = isinstance(value, dict) and "task" in value and "type" not in value
    return DagTask.model_validate(value, context=info.context) if wrapped else handler(value)


class MissingFlowable(Missing, Flowable):
    """A flowable that fails its own task run; its child tasks are read, so that they are checked too."""

    model_config = ConfigDict(extra="allow")

    tasks: list[Annotated[AnyTask, WrapValidator(_child)]] = []
    on_pause: AnyTask | None = None

    def child_lists(self) -> Mapping[str, Sequence[Task]]:
        own = [child.task if isinstance(child, DagTask) else child for child in self.tasks]
        return {"tasks": own, "errors": self.errors, "finally": self.finally_}

    def choose(self, values: Mapping[str, Any]) -> Choice:
        raise TaskFailed(f"Task `{self.id}` of type `{self.type}`: {self.reason}")


class MissingTrigger(Missing, TriggerType):
    """A trigger that never fires."""

    model_config = ConfigDict(extra="allow")


class MissingRunner(Missing, RunnerType):
    """A task runner that no worker has."""

    model_config = ConfigDict(extra="allow")


class MissingCondition(Missing, ConditionType):
    """A condition that nobody can evaluate."""

    model_config = ConfigDict(extra="allow")


@cache
def missing_type(kind: str, name: str, properties: frozenset[str] | None) -> type[Missing]:
    """The class for a type that Kestra knows; with `properties` every other property name is an error."""
    base = _BASES[kind]
    if kind == "tasks" and properties is not None and {"errors", "finally"} <= properties:
        base = MissingFlowable
    if properties is None:
        return type(_leaf(name), (base,), {"type_name": name, "__module__": __name__})
    taken = {info.alias or field for field, info in base.model_fields.items()}
    fields: dict[str, Any] = {
        f"property_{index}": (Any, Field(default=None, alias=alias))
        for index, alias in enumerate(sorted(properties - taken))
    }
    named = create_model(f"{_leaf(name)}Properties", __base__=base, **fields)
    marks = {"type_name": name, "model_config": ConfigDict(extra="forbid"), "__module__": __name__}
    return type(_leaf(name), (named,), marks)


def stand_in(kind: str, data: Mapping[str, Any], reason: str, context: Any) -> Missing:
    """Something in the place of what cannot be read. Its own child tasks are read when they stand in `tasks`."""
    base = MissingFlowable if kind == "tasks" and isinstance(data.get("tasks"), list) else _BASES[kind]
    name = str(data.get("type"))
    try:
        made = base.model_validate({**data, "type": name}, context=context)
    except ValidationError:
        made = base.model_construct(id=str(data.get("id", "")), type=name)
    made._reason = reason
    return made


_BASES: Mapping[str, type[Missing]] = {
    "tasks": MissingTask,
    "triggers": MissingTrigger,
    "runners": MissingRunner,
    "conditions": MissingCondition,
}


def _leaf(name: str) -> str:
    return name.rpartition(".")[2] or "Missing"
