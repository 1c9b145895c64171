"""Conditions made of expressions and of other conditions."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from celeriac.core.condition_type import AnyCondition, ConditionType
from celeriac.core.dates import Duration
from celeriac.plugins.core.trigger.windows import TimeWindow

Conditions = Annotated[list[AnyCondition], Field(min_length=1)]


class Expression(ConditionType):
    """An expression is neither blank nor false."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Expression"

    expression: str


class Not(ConditionType):
    """None of the conditions holds."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Not"

    conditions: Conditions


class Or(ConditionType):
    """One of the conditions holds."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Or"

    conditions: Conditions


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
