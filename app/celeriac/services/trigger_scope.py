"""What the expressions of a trigger see, before there is an execution."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from celeriac.core.condition_type import Situation, Upstream
from celeriac.core.execution import Execution
from celeriac.core.expression import Renderer
from celeriac.core.flow_index import FlowIndex
from celeriac.core.task_type import Identity
from celeriac.core.trigger_type import TriggerType
from celeriac.services.files import ExecutionFiles
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import nested
from celeriac.services.world import ExecutionWorld
from celeriac.storage.masking import Masker


class TriggerScope:
    """Renders the properties of one trigger."""

    def __init__(self, around: Surroundings, index: FlowIndex, trigger: TriggerType) -> None:
        flow = index.flow
        self.index = index
        self.trigger = trigger
        self.now = around.now()
        nobody = Execution("", flow.namespace, flow.id, index.revision, {}, {}, {}, 0)
        files = ExecutionFiles(around, nobody, Identity("", "", 1, flow.namespace, flow.id, ""))
        self._masker = Masker()
        self._world = ExecutionWorld(around, files, flow.namespace, "", self._masker)
        self._renderer = Renderer(self._world)
        self._base: dict[str, Any] = {
            **around.shared_variables,
            "flow": {"id": flow.id, "namespace": flow.namespace, "revision": index.revision},
            "labels": nested(flow.labels),
        }
        if variables := {key: value for key, value in flow.variables.items() if value is not None}:
            self._base["vars"] = variables

    @property
    def secret_names(self) -> frozenset[str]:
        """The secrets read until now."""
        return frozenset(self._world.secret_names)

    def mask(self, text: str) -> str:
        """A text for people, without the secrets read until now."""
        return self._masker.mask(text)

    def render(self, value: Any, variables: Mapping[str, Any]) -> Any:
        """A value with its expressions rendered, typed. Raises: ExpressionError."""
        return self._renderer.render(value, {**self._base, **variables}, typed=True)

    def situation(self, variables: Mapping[str, Any], upstream: Upstream | None = None) -> Situation:
        """What its conditions may ask; variables: further ones, such as `trigger`."""
        return Situation(
            (self.index.flow.namespace, self.index.flow.id),
            lambda value, more: self.render(value, {**variables, **more}),
            self.now.tzinfo or UTC,
            upstream,
        )
