"""Starts an execution when executions of other flows reach a state."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.collecting import Collection
from celeriac.core.condition_type import ConditionType, Situation, Upstream
from celeriac.core.flow import Model
from celeriac.core.labels import Labels
from celeriac.core.listening_trigger import ListeningTrigger
from celeriac.core.trigger_type import ShownState
from celeriac.plugins.core.condition.combined import MultipleCondition
from celeriac.plugins.core.trigger.upstream import Dependency, UpstreamFlow, Where
from celeriac.plugins.core.trigger.windows import TimeWindow, Window

ENDS = ("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "SKIPPED", "PAUSED")
"""The states that count when `states` is not given. Source: Kestra from 0.23 on."""


class Preconditions(Model):
    """What must have happened within a window (up to 1.x)."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$")]
    time_window: TimeWindow | None = None
    reset_on_success: bool = True
    flows: list[UpstreamFlow] = []
    where: list[Where] = []
    description: str | None = None

    def collection(self) -> Collection:
        """What has to be collected."""
        parts = {f"flows[{i}]": one.holds for i, one in enumerate(self.flows)}
        parts |= {f"where[{one.id}]": one.holds for one in self.where}
        period = (self.time_window or TimeWindow()).period
        return Collection(self.id, parts, period, len(parts), resets=self.reset_on_success)


class OnMiss(Model):
    """What follows when the window closes before all has happened."""

    behavior: Literal["FAIL"] = "FAIL"
    labels: Labels = {}


class Flow(ListeningTrigger):
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

    @property
    def all_conditions(self) -> list[ConditionType]:
        """Those that each execution must meet by itself."""
        return [one for one in self.conditions if not isinstance(one, MultipleCondition)]

    @property
    def scopes_outputs(self) -> bool:
        return bool(self.depends_on)

    def may_want(self, upstream: Upstream) -> bool:
        if upstream.state not in (ENDS if self.states is None else self.states):
            return False
        named = [*self.depends_on, *(self.preconditions.flows if self.preconditions else ())]
        if not named or (self.preconditions is not None and self.preconditions.where):
            return True
        return any(one.is_of(upstream) for one in named)

    def wants(self, situation: Situation) -> bool:
        return situation.upstream is not None and self.may_want(situation.upstream) and self.may_fire(situation)

    def collections(self) -> list[Collection]:
        found = [one.collection() for one in self.conditions if isinstance(one, MultipleCondition)]
        if self.preconditions is not None:
            found.append(self.preconditions.collection())
        if self.depends_on:
            found.append(self._dependencies())
        return [one for one in found if one.parts]

    def misses_after(self, moment: datetime) -> datetime | None:
        if self.on_miss is None:
            return None
        spans = [one.period.span(moment) for one in self.collections()]
        return min((span[1] for span in spans if span is not None), default=None)

    @property
    def miss_labels(self) -> dict[str, str]:
        return {} if self.on_miss is None else self.on_miss.labels

    def _dependencies(self) -> Collection:
        parts = {f"dependsOn[{i}]": one.holds for i, one in enumerate(self.depends_on)}
        needed = {"ALL": len(parts), "ANY": 1, "AT_LEAST": self.min_satisfied or 1}[self.mode]
        window = self.window or Window()
        return Collection("dependsOn", parts, window.period, needed, fires_once=window.fire_once)
