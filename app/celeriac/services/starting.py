"""Making a new execution out of a flow and what it is given."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from celeriac.core.errors import FlowInvalid, InputsInvalid, Refused
from celeriac.core.execution import CORRELATION, INPUTS_OF, Execution, new_execution_id
from celeriac.core.expression import Renderer
from celeriac.core.flow_index import FlowIndex
from celeriac.core.inputs import Input, resolve, secret_ids, with_secrets
from celeriac.core.state import State
from celeriac.core.task_type import Identity
from celeriac.services.files import ExecutionFiles
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import of_execution
from celeriac.services.world import ExecutionWorld
from celeriac.storage.masking import Masker
from celeriac.storage.uris import input_file


class Starting:
    """Checks that a flow may start and makes its execution; nothing is stored but files given as inputs."""

    def __init__(self, around: Surroundings, flows: Flows, cell: str) -> None:
        self._around = around
        self._flows = flows
        self._cell = cell

    def new_execution(
        self,
        namespace: str,
        flow_id: str,
        inputs: Mapping[str, Any],
        *,
        revision: int | None = None,
        labels: Mapping[str, str] | None = None,
        trigger: dict[str, Any] | None = None,
        files: Mapping[str, Path] | None = None,
        cell: str | None = None,
        scheduled_at: datetime | None = None,
    ) -> tuple[Execution, list[str]]:
        """(execution, warnings). Raises: FlowNotFound, FlowInvalid, Refused, InputsInvalid."""
        index = self._flows.index(namespace, flow_id, revision)
        if unsupported := self._flows.unsupported(namespace, flow_id, index.revision):
            raise FlowInvalid(unsupported)
        if index.flow.disabled:
            raise Refused(f"Cannot execute flow '{namespace}'.'{flow_id}': it is disabled.")
        execution = self.blank(index, labels, trigger)
        execution.cell = self._cell if cell is None else cell
        execution.scheduled_us = None if scheduled_at is None else int(scheduled_at.timestamp() * 1_000_000)
        execution.inputs, warnings = self.read_inputs(execution, index, index.flow.inputs, inputs, files or {})
        return execution, warnings

    def failed_execution(
        self,
        namespace: str,
        flow_id: str,
        *,
        revision: int | None = None,
        labels: Mapping[str, str] | None = None,
        trigger: dict[str, Any] | None = None,
    ) -> Execution:
        """An execution that has FAILED before its first task: what a trigger asked for could not be started.

        Raises: FlowNotFound.
        """
        execution = self.blank(self._flows.index(namespace, flow_id, revision), labels, trigger)
        now_us = execution.created_us + 1
        execution.state = State.FAILED
        execution.histories = [*execution.histories, [State.FAILED.value, now_us]]
        execution.started_us = execution.ended_us = execution.done_us = now_us
        return execution

    def blank(self, index: FlowIndex, labels: Mapping[str, str] | None, trigger: dict[str, Any] | None) -> Execution:
        """A new execution without inputs."""
        now_us = self._around.now_us()
        execution_id = new_execution_id(time.time_ns() // 1_000_000, secrets.randbits(80))
        return Execution(
            id=execution_id,
            namespace=index.flow.namespace,
            flow_id=index.flow.id,
            flow_revision=index.revision,
            inputs={},
            labels={CORRELATION: execution_id, **index.flow.labels, **(labels or {})},
            variables={key: value for key, value in index.flow.variables.items() if value is not None},
            created_us=now_us,
            cell=self._cell,
            trigger=trigger,
            histories=[[State.CREATED.value, now_us]],
        )

    def read_inputs(
        self,
        execution: Execution,
        index: FlowIndex,
        declared: Sequence[Input],
        given: Mapping[str, Any],
        files: Mapping[str, Path],
    ) -> tuple[dict[str, Any], list[str]]:
        """(typed values with their secrets encrypted, warnings). Raises: InputsInvalid, and then no file is stored."""
        identity = Identity(execution.id, "", 1, execution.namespace, execution.flow_id, "")
        files_of, masker = ExecutionFiles(self._around, execution, identity), Masker()
        world = ExecutionWorld(self._around, files_of, execution.namespace, execution.id, masker)
        renderer = Renderer(world)
        base = of_execution(execution, index, self._around)

        stored: list[str] = []

        def store_file(input_id: str, value: Any) -> str:
            path = Path(value)
            uri = input_file(execution.namespace, execution.flow_id, execution.id, input_id, path.name)
            self._around.storage.put(uri, path)
            stored.append(uri)
            return uri

        resolved = resolve(
            declared,
            {**given, **files},
            lambda value, variables: renderer.render(value, {**base, **variables}, typed=True),
            store_file=store_file,
        )
        if resolved.problems:
            for uri in stored:
                self._around.storage.delete(uri)
            raise InputsInvalid([replace(one, message=masker.mask(one.message)) for one in resolved.problems])
        own = {f"{INPUTS_OF}{execution.id}"} if secret_ids(declared) else set()
        execution.add_secrets(world.secret_names | own)
        warnings = [masker.mask(one) for one in resolved.warnings]
        return dict(with_secrets(declared, resolved.values, self._around.encryption.encrypt)), warnings
