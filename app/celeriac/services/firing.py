"""What a trigger that fires does: starts its execution, once for each reason."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from celeriac.core.dynamic import as_text
from celeriac.core.errors import ExpressionError
from celeriac.core.execution import Once
from celeriac.core.labels import parse_labels
from celeriac.core.trigger_type import TriggerType
from celeriac.services.executions import Executions, Started
from celeriac.services.trigger_scope import TriggerScope

FROM_TRIGGER = {"system.from": "trigger"}
"""The label of executions that nobody asked for."""


class Firing:
    """Starts executions of triggers."""

    def __init__(self, executions: Executions) -> None:
        self._executions = executions

    def start(
        self,
        scope: TriggerScope,
        variables: Mapping[str, Any],
        key: str,
        labels: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
    ) -> Started:
        """Starts the execution, or finds the one that the same `key` has started.

        variables: `trigger.…`. labels: added to those of flow and trigger. secrets: names of those that the variables
        may show. Raises: CeleriacError.
        """
        trigger, flow = scope.trigger, scope.index.flow
        context = {"trigger": dict(variables)}
        inputs = scope.render(trigger.inputs, context)
        return self._executions.start(
            flow.namespace,
            flow.id,
            inputs,
            revision=scope.index.revision,
            labels={**self._labels(scope, context), **(labels or {})},
            once=Once(scope_of(scope), key),
            trigger=_shown(trigger, variables),
            secrets={*scope.secret_names, *secrets},
        )

    def record_failed(
        self,
        scope: TriggerScope,
        variables: Mapping[str, Any],
        key: str,
        reason: str,
        labels: Mapping[str, str] | None = None,
    ) -> Started:
        """Shows what could not be started as a FAILED execution."""
        flow = scope.index.flow
        return self._executions.record_failed(
            flow.namespace,
            flow.id,
            scope.mask(reason),
            revision=scope.index.revision,
            labels=labels,
            once=Once(scope_of(scope), key),
            trigger=_shown(scope.trigger, variables),
        )

    @staticmethod
    def _labels(scope: TriggerScope, context: Mapping[str, Any]) -> dict[str, str]:
        rendered = scope.render(scope.trigger.labels, context)
        if isinstance(rendered, dict):
            rendered = {key: as_text(value) for key, value in rendered.items()}
        try:
            return dict(parse_labels(rendered))
        except PydanticCustomError as error:
            raise ExpressionError(f"labels: {error.message()}") from error


def scope_of(scope: TriggerScope) -> str:
    """Under which name the starts of a trigger are remembered."""
    flow = scope.index.flow
    return f"trigger:{flow.namespace}/{flow.id}/{scope.trigger.id}"


def _shown(trigger: TriggerType, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": trigger.id, "type": trigger.type, "variables": dict(variables)}
