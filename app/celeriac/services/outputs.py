"""Outputs: where those of a task run are kept, and how those a flow declares are made."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from celeriac.core.errors import CeleriacError, ExpressionError
from celeriac.core.execution import Execution, task_run_id
from celeriac.core.expression import Renderer
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import TaskRun
from celeriac.core.inputs import coerce
from celeriac.core.task_type import Identity
from celeriac.services.files import ExecutionFiles
from celeriac.services.lookup import Lookup, RunsByTask
from celeriac.services.surroundings import Surroundings
from celeriac.services.world import ExecutionWorld
from celeriac.storage.internal import Storage
from celeriac.storage.masking import Masker
from celeriac.storage.uris import task_file

IN_ROW_BYTES = 64_000
LARGEST_BYTES = 16_000_000


class OutputsTooLarge(CeleriacError):
    """A task run's outputs do not fit; files have no such limit."""


def stored_outputs(
    storage: Storage, execution: Execution, run: TaskRun, outputs: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, str | None]:
    """(outputs for the row, None), or (None, URI) when they are over 64 kB. Raises: OutputsTooLarge over 16 MB."""
    if not outputs:
        return None, None
    text = orjson.dumps(outputs, option=orjson.OPT_NON_STR_KEYS, default=str)
    if len(text) <= IN_ROW_BYTES:
        plain: dict[str, Any] = orjson.loads(text)
        return plain, None
    if len(text) > LARGEST_BYTES:
        raise OutputsTooLarge(
            f"The outputs have {len(text):,} bytes, the limit is {LARGEST_BYTES:,}: write a file and pass its URI"
        )
    identity = Identity(
        execution.id,
        task_run_id(execution.id, run.seq),
        run.attempt,
        execution.namespace,
        execution.flow_id,
        run.task_id,
    )
    uri = task_file(identity, "outputs.json")
    storage.put(uri, text)
    return None, uri


def render_at_end(
    around: Surroundings, execution: Execution, lookup: Lookup, base: Mapping[str, Any], masker: Masker
) -> Callable[..., Any]:
    """render(value, typed=…) with what an execution knows at its end: the outputs and states of its tasks."""
    identity = Identity(execution.id, "", 1, execution.namespace, execution.flow_id, "")
    world = ExecutionWorld(
        around, ExecutionFiles(around, execution, identity), execution.namespace, execution.id, masker
    )
    variables = {
        **base,
        "outputs": RunsByTask(lookup, lookup.outputs),
        "tasks": RunsByTask(lookup, lambda one: {"state": one.state.shown}),
    }
    renderer = Renderer(world)
    return lambda value, typed=False: renderer.render(value, variables, typed=typed)


def flow_outputs(
    around: Surroundings,
    execution: Execution,
    index: FlowIndex,
    lookup: Lookup,
    base: Mapping[str, Any],
    masker: Masker,
) -> tuple[dict[str, Any] | None, str | None]:
    """(outputs, error): the declared outputs, rendered and typed; those before the one that fails are kept."""
    render = render_at_end(around, execution, lookup, base, masker)
    found: dict[str, Any] = {}
    for output in index.flow.outputs:
        try:
            value = render(output.value, typed=True)
            if value is None or (value == "" and output.type != "STRING"):
                if output.required:
                    raise ExpressionError("it has no value")
                continue
            found[output.id] = coerce(output.type, value)
        except (CeleriacError, ValueError) as error:
            if not output.required and isinstance(error, ExpressionError):
                continue
            return (
                found or None,
                f"Failed to render output values: Invalid value for output `{output.id}`. Cause: {error}",
            )
    return found or None, None
