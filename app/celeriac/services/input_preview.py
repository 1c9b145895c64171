"""What the inputs of a flow would become, for forms: defaults, choices and what is wrong, with nothing started."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from celeriac.core.execution import Execution
from celeriac.core.expression import Renderer
from celeriac.core.inputs import Resolved, ResolvedInput, resolve
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
        """Secrets that defaults and conditions read are stars in it. Raises: FlowNotFound."""
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
        masker = Masker()
        world = ExecutionWorld(
            self._around, ExecutionFiles(self._around, execution, identity), namespace, execution.id, masker
        )
        renderer, base = Renderer(world), of_execution(execution, index, self._around)
        resolved = resolve(
            index.flow.inputs,
            given,
            lambda value, variables: renderer.render(value, {**base, **variables}, typed=True),
        )
        return _masked(resolved, masker)


def _masked(resolved: Resolved, masker: Masker) -> Resolved:
    return replace(
        resolved,
        values=masker.mask_data(resolved.values),
        warnings=masker.mask_data(resolved.warnings),
        problems=[replace(one, message=masker.mask(one.message)) for one in resolved.problems],
        inputs=tuple(_masked_input(one, masker) for one in resolved.inputs),
    )


def _masked_input(one: ResolvedInput, masker: Masker) -> ResolvedInput:
    choices = None if one.choices is None else tuple(masker.mask(choice) for choice in one.choices)
    error = None if one.error is None else masker.mask(one.error)
    return replace(one, value=masker.mask_data(one.value), choices=choices, error=error)
