"""Conditions on the execution that a trigger looks at."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from celeriac.core.condition_type import ConditionType
from celeriac.core.labels import Labels
from celeriac.core.trigger_type import ShownState


class ExecutionFlow(ConditionType):
    """It is an execution of this flow."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionFlow"

    namespace: str
    flow_id: str


class ExecutionNamespace(ConditionType):
    """Its namespace is this one, or starts or ends so. `prefix` is the older way to say PREFIX."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionNamespace"

    namespace: str
    comparison: Literal["EQUALS", "PREFIX", "SUFFIX"] | None = None
    prefix: bool = False


class ExecutionLabels(ConditionType):
    """It has all these labels."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionLabels"

    labels: Labels


class ExecutionStatus(ConditionType):
    """Its state is one of `in` and none of `notIn`."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionStatus"

    in_: Annotated[list[ShownState], Field(alias="in")] = []
    not_in: list[ShownState] = []


class HasRetryAttempt(ConditionType):
    """One of its attempts was followed by another and ended in such a state."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.HasRetryAttempt"

    in_: Annotated[list[ShownState], Field(alias="in")] = []
    not_in: list[ShownState] = []


class ExecutionOutputs(ConditionType):
    """An expression over `trigger.outputs` is true."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionOutputs"

    expression: str


class FlowCondition(ConditionType):
    """The flow is this one."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.FlowCondition"

    namespace: str
    flow_id: str


class FlowNamespaceCondition(ConditionType):
    """The flow's namespace is this one, or starts so."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.FlowNamespaceCondition"

    namespace: str
    prefix: bool = False
