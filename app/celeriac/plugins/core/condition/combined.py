"""Conditions made of expressions and of other conditions."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from celeriac.core.collecting import Collection
from celeriac.core.condition_type import AnyCondition, ConditionType, Situation, all_hold, is_true
from celeriac.core.dates import Duration
from celeriac.plugins.core.trigger.windows import TimeWindow

Conditions = Annotated[list[AnyCondition], Field(min_length=1)]


class Expression(ConditionType):
    """An expression is neither blank nor false."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Expression"

    expression: str

    def holds(self, situation: Situation) -> bool:
        return is_true(situation.text(self.expression))


class Not(ConditionType):
    """None of the conditions holds."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Not"

    conditions: Conditions

    def holds(self, situation: Situation) -> bool:
        return not any(condition.holds(situation) for condition in self.conditions)


class Or(ConditionType):
    """One of the conditions holds."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Or"

    conditions: Conditions

    def holds(self, situation: Situation) -> bool:
        return any(condition.holds(situation) for condition in self.conditions)


class MultipleCondition(ConditionType):
    """Every named condition held for some execution within the window. `window` is the older form of `timeWindow`."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.MultipleCondition"

    id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$")]
    description: str | None = None
    time_window: TimeWindow | None = None
    window: Duration | None = None
    window_advance: Duration | None = None
    reset_on_success: bool = True
    conditions: dict[str, AnyCondition] = {}

    def collection(self) -> Collection:
        """What has to be collected."""
        parts = {name: one.holds for name, one in self.conditions.items()}
        older = TimeWindow(window=self.window, window_advance=self.window_advance)
        return Collection(self.id, parts, (self.time_window or older).period, len(parts), resets=self.reset_on_success)

    def holds(self, situation: Situation) -> bool:
        """All of them for one execution; over several executions it is the Flow trigger that counts."""
        return all_hold(self.conditions.values(), situation)
