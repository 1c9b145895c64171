"""What inputs would become, for forms: defaults, choices and what is wrong, with nothing started or resumed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from celeriac.core.execution import Execution
from celeriac.core.expression import Renderer
from celeriac.core.flow import Pausing
from celeriac.core.flow_index import FlowIndex
from celeriac.core.inputs import AnyInput, Resolved, ResolvedInput, resolve
from celeriac.core.task_type import Identity
from celeriac.services.files import ExecutionFiles
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_execution
from celeriac.services.world import ExecutionWorld
from celeriac.storage.masking import Masker


class InputPreview:
    """Resolves inputs as a start or a resume does; files are not stored."""

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
        return self._resolved(execution, index, index.flow.inputs, given)

    def asked_on_resume(self, execution: Execution) -> Sequence[AnyInput]:
        """What the first task that pauses an execution asks for when it is resumed. Raises: FlowNotFound."""
        run = self._around.executions.first_paused(execution.id)
        task = None if run is None else self._index_of(execution).task(run.task_id)
        return task.on_resume if isinstance(task, Pausing) else ()

    def resolve_on_resume(
        self, execution: Execution, declared: Sequence[AnyInput], given: Mapping[str, Any]
    ) -> Resolved:
        """The same for what was asked on resume. Raises: FlowNotFound."""
        return self._resolved(execution, self._index_of(execution), declared, given)

    def _index_of(self, execution: Execution) -> FlowIndex:
        return self._flows.index(execution.namespace, execution.flow_id, execution.flow_revision)

    def _resolved(
        self, execution: Execution, index: FlowIndex, declared: Sequence[AnyInput], given: Mapping[str, Any]
    ) -> Resolved:
        identity = Identity(execution.id, "", 1, execution.namespace, execution.flow_id, "")
        masker, files = Masker(), ExecutionFiles(self._around, execution, identity)
        world = ExecutionWorld(self._around, files, execution.namespace, execution.id, masker)
        renderer, base = Renderer(world), of_execution(execution, index, self._around)
        resolved = resolve(
            declared,
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
