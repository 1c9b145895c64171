"""What the inputs of a flow would become, for forms: defaults, choices and what is wrong, with nothing started."""

from collections.abc import Mapping
from typing import Any

from celeriac.core.execution import Execution
from celeriac.core.expression import Renderer
from celeriac.core.inputs import Resolved, resolve
from celeriac.core.task_type import Identity
from celeriac.services.files import ExecutionFiles
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_execution
from celeriac.services.world import ExecutionWorld
from celeriac.storage.masking import Masker


class InputPreview:
    """Resolves inputs as a start does; files are not stored."""

    def __init__(self, around: Surroundings, flows: Flows) -> None:
        self._around = around
        self._flows = flows

    def resolve(
        self, namespace: str, flow_id: str, given: Mapping[str, Any], *, revision: int | None = None
    ) -> Resolved:
        """Raises: FlowNotFound."""
        index = self._flows.index(namespace, flow_id, revision)
        execution = Execution(
            id="",
            namespace=namespace,
            flow_id=flow_id,
            flow_revision=index.revision,
            inputs={},
            labels=dict(index.flow.labels),
            variables={key: value for key, value in index.flow.variables.items() if value is not None},
            created_us=self._around.now_us(),
        )
        identity = Identity(execution.id, "", 1, namespace, flow_id, "")
        world = ExecutionWorld(
            self._around, ExecutionFiles(self._around, execution, identity), namespace, execution.id, Masker()
        )
        renderer, base = Renderer(world), of_execution(execution, index, self._around)
        return resolve(
            index.flow.inputs,
            given,
            lambda value, variables: renderer.render(value, {**base, **variables}, typed=True),
        )
