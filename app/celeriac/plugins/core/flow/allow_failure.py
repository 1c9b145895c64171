"""Tasks whose failure is a warning."""

from typing import Annotated, ClassVar

from pydantic import Field

from celeriac.core.flow import Flowable, TaskList
from celeriac.core.state import State


class AllowFailure(Flowable):
    """Runs its tasks in order; when one FAILS, `errors` run and the result is WARNING, so that the flow goes on.

    Example:
        id: allow_failure
        namespace: examples
        tasks:
          - id: optional
            type: io.kestra.plugin.core.flow.AllowFailure
            tasks:
              - {id: fails, type: io.kestra.plugin.core.execution.Fail}
          - {id: goes_on, type: io.kestra.plugin.core.log.Log, message: still here}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.AllowFailure"

    tasks: Annotated[TaskList, Field(min_length=1)]

    def close(self, state: State) -> State:
        return State.WARNING if state is State.FAILED else state
