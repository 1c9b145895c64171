"""Tasks side by side."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Choice, Flowable, TaskList


class Parallel(Flowable):
    """Runs its tasks at the same time, `concurrent` at once (0 = all); FAILS as soon as one of them does.

    Example:
        id: parallel
        namespace: examples
        tasks:
          - id: both
            type: io.kestra.plugin.core.flow.Parallel
            tasks:
              - {id: left, type: io.kestra.plugin.core.log.Log, message: left}
              - {id: right, type: io.kestra.plugin.core.log.Log, message: right}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Parallel"
    evaluated: ClassVar[tuple[str, ...]] = ("concurrent",)

    concurrent: Dynamic[Annotated[int, Field(ge=0)]] = 0
    tasks: Annotated[TaskList, Field(min_length=1)]

    def choose(self, values: Mapping[str, Any]) -> Choice:
        return Choice("tasks", limit=values["concurrent"])
