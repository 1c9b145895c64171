"""Starts an execution when executions of other flows reach a state."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.flow import Model
from celeriac.core.labels import Labels
from celeriac.core.trigger_type import ShownState, TriggerType
from celeriac.plugins.core.trigger.windows import TimeWindow, Window

_LISTS = ("IN", "NOT_IN")


class Filter(Model):
    """One test of an execution in `preconditions.where`."""

    field: Literal["FLOW_ID", "NAMESPACE", "STATE", "EXPRESSION"]
    type: Literal[
        "EQUAL_TO",
        "NOT_EQUAL_TO",
        "IN",
        "NOT_IN",
        "IS_TRUE",
        "IS_FALSE",
        "IS_NULL",
        "IS_NOT_NULL",
        "STARTS_WITH",
        "ENDS_WITH",
        "REGEX",
        "CONTAINS",
    ]
    value: Any = None
    values: list[Any] | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        wanted, other = ("values", "value") if self.type in _LISTS else ("value", "values")
        for name, text in ((wanted, "cannot be null"), (other, "must be null")):
            if (getattr(self, name) is None) == (text == "cannot be null"):
                context = {"name": name, "text": text, "type": self.type}
                raise PydanticCustomError("filter", "`{name}` {text} for type {type}", context)
        return self


class Where(Model):
    """Tests, all of which (AND) or one of which (OR) must hold for one execution."""

    id: str
    operand: Literal["AND", "OR"] = "AND"
    filters: Annotated[list[Filter], Field(min_length=1)]


class UpstreamFlow(Model):
    """An execution that must have happened."""

    namespace: str
    flow_id: str | None = None
    states: list[ShownState] | None = None
    labels: Labels = {}


class Preconditions(Model):
    """What must have happened within a window (up to 1.x)."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$")]
    time_window: TimeWindow | None = None
    reset_on_success: bool = True
    flows: list[UpstreamFlow] = []
    where: list[Where] = []
    description: str | None = None


class Dependency(Model):
    """An execution that is waited for (2.0)."""

    namespace: str | None = None
    flow_id: str | None = None
    states: list[ShownState] | None = None
    labels: Labels = {}
    when: str | None = None


class OnMiss(Model):
    """What follows when the window closes before all has happened."""

    behavior: Literal["FAIL"] = "FAIL"
    labels: Labels = {}


class Flow(TriggerType):
    """Starts an execution when another flow's execution enters one of `states`, and the rest holds too.

    Example:
        id: flow_trigger
        namespace: examples
        tasks:
          - {id: log, type: io.kestra.plugin.core.log.Log, message: "The data are loaded"}
        triggers:
          - id: after_load
            type: io.kestra.plugin.core.trigger.Flow
            states: [SUCCESS]
            dependsOn:
              - namespace: company.team
                flowId: load
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.trigger.Flow"

    states: list[ShownState] | None = None
    preconditions: Preconditions | None = None
    depends_on: list[Dependency] = []
    window: Window | None = None
    mode: Literal["ALL", "ANY", "AT_LEAST"] = "ALL"
    min_satisfied: Annotated[int | None, Field(ge=1)] = None
    on_miss: OnMiss | None = None

    @model_validator(mode="after")
    def _one_syntax(self) -> Self:
        if self.mode == "AT_LEAST" and self.min_satisfied is None:
            raise PydanticCustomError("flow_trigger", "`mode: AT_LEAST` needs `minSatisfied`", {"at": "mode"})
        return self
