"""Tasks one after the other."""

from typing import Annotated, ClassVar

from pydantic import Field

from celeriac.core.flow import Flowable, TaskList


class Sequential(Flowable):
    """Runs its tasks in order and stops at the first that FAILS.

    Example:
        id: sequential
        namespace: examples
        tasks:
          - id: steps
            type: io.kestra.plugin.core.flow.Sequential
            tasks:
              - {id: first, type: io.kestra.plugin.core.log.Log, message: one}
              - {id: second, type: io.kestra.plugin.core.log.Log, message: two}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Sequential"

    tasks: Annotated[TaskList, Field(min_length=1)]
