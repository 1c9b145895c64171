"""Conditions on the execution that a trigger looks at."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from celeriac.core.condition_type import ConditionType, Situation, Upstream, is_true
from celeriac.core.labels import Labels
from celeriac.core.trigger_type import ShownState


class _OnExecution(ConditionType):
    def holds(self, situation: Situation) -> bool:
        return situation.upstream is not None and self.suits(situation.upstream, situation)

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        """`holds`, where there is an execution to look at."""
        raise NotImplementedError


class ExecutionFlow(_OnExecution):
    """It is an execution of this flow."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionFlow"

    namespace: str
    flow_id: str

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        return (upstream.namespace, upstream.flow_id) == (self.namespace, self.flow_id)


class ExecutionNamespace(_OnExecution):
    """Its namespace is this one, or starts or ends so. `prefix` is the older way to say PREFIX."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionNamespace"

    namespace: str
    comparison: Literal["EQUALS", "PREFIX", "SUFFIX"] | None = None
    prefix: bool = False

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        comparison = self.comparison or ("PREFIX" if self.prefix else "EQUALS")
        if comparison == "PREFIX":
            return upstream.namespace.startswith(self.namespace)
        if comparison == "SUFFIX":
            return upstream.namespace.endswith(self.namespace)
        return upstream.namespace == self.namespace


class ExecutionLabels(_OnExecution):
    """It has all these labels."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionLabels"

    labels: Labels

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        return self.labels.items() <= upstream.labels.items()


class ExecutionStatus(_OnExecution):
    """Its state is one of `in` and none of `notIn`."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionStatus"

    in_: Annotated[list[ShownState], Field(alias="in")] = []
    not_in: list[ShownState] = []

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        return _is_any((upstream.state,), self.in_, self.not_in)


class HasRetryAttempt(_OnExecution):
    """One of its attempts was followed by another and ended in such a state."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.HasRetryAttempt"

    in_: Annotated[list[ShownState], Field(alias="in")] = []
    not_in: list[ShownState] = []

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        return _is_any(upstream.retried, self.in_, self.not_in)


class ExecutionOutputs(_OnExecution):
    """An expression over `trigger.outputs` is true."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.ExecutionOutputs"

    expression: str

    def suits(self, upstream: Upstream, situation: Situation) -> bool:
        if not upstream.outputs:
            return False
        return is_true(situation.text(self.expression, trigger={"outputs": dict(upstream.outputs)}))


class FlowCondition(ConditionType):
    """The flow is this one."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.FlowCondition"

    namespace: str
    flow_id: str

    def holds(self, situation: Situation) -> bool:
        return situation.flow == (self.namespace, self.flow_id)


class FlowNamespaceCondition(ConditionType):
    """The flow's namespace is this one, or starts so."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.FlowNamespaceCondition"

    namespace: str
    prefix: bool = False

    def holds(self, situation: Situation) -> bool:
        own = situation.flow[0]
        return own.startswith(self.namespace) if self.prefix else own == self.namespace


def _is_any(states: Iterable[str], wanted: Iterable[str], unwanted: Iterable[str]) -> bool:
    accepted, refused = set(wanted), set(unwanted)
    return any((not accepted or state in accepted) and state not in refused for state in states)
