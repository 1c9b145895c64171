"""Tasks once per value."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from celeriac.core.dynamic import Dynamic, as_text
from celeriac.core.errors import TaskFailed
from celeriac.core.flow import Choice, Flowable, TaskList


class ForEach(Flowable):
    """Runs its tasks in order for each value, `concurrencyLimit` values at once (0 = all).

    The value is text, `taskrun.value`; equal values run once. Children read `parent.taskrun.value` below a flowable.

    Example:
        id: for_each
        namespace: examples
        tasks:
          - id: loop
            type: io.kestra.plugin.core.flow.ForEach
            values: [red, green]
            tasks:
              - {id: show, type: io.kestra.plugin.core.log.Log, message: "{{ taskrun.value }}"}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.ForEach"
    evaluated: ClassVar[tuple[str, ...]] = ("values", "concurrency_limit")
    is_loop: ClassVar[bool] = True

    values: Dynamic[Any]
    concurrency_limit: Dynamic[Annotated[int, Field(ge=0)]] = 1
    tasks: Annotated[TaskList, Field(min_length=1)]

    def choose(self, values: Mapping[str, Any]) -> Choice:
        return Choice("tasks", limit=values["concurrency_limit"], iterations=loop_values(values["values"]))


def loop_values(rendered: Any) -> list[str]:
    """The values of a loop as text, without repetitions. Raises: TaskFailed unless it is a list without nulls."""
    if isinstance(rendered, str):
        try:
            rendered = json.loads(rendered)
        except ValueError as error:
            raise TaskFailed(f"`values` is neither a list nor JSON text of one: `{rendered[:200]}`") from error
    if not isinstance(rendered, list):
        raise TaskFailed(f"`values` must be a list, it is `{as_text(rendered)[:200]}`")
    if nulls := sum(value is None for value in rendered):
        shown = ", ".join(as_text(value) if value is not None else "null" for value in rendered)[:200]
        raise TaskFailed(f"Found '{nulls}' null values on Each, with values=[{shown}]")
    return list(dict.fromkeys(as_text(value) for value in rendered))
