"""One list of tasks or the other."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from celeriac.core.dynamic import Dynamic
from celeriac.core.expression import truthy
from celeriac.core.flow import Choice, Flowable, Task, TaskList


class If(Flowable):
    """Runs `then` when the rendered condition is true, else `else`.

    False are: nothing, blanks, `false`, `0` and `-0`; every other text is true.

    Example:
        id: if
        namespace: examples
        inputs:
          - {id: n, type: INT, defaults: 3}
        tasks:
          - id: large
            type: io.kestra.plugin.core.flow.If
            condition: "{{ inputs.n > 2 }}"
            then:
              - {id: yes_it_is, type: io.kestra.plugin.core.log.Log, message: large}
            else:
              - {id: no_it_is_not, type: io.kestra.plugin.core.log.Log, message: small}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.If"
    evaluated: ClassVar[tuple[str, ...]] = ("condition",)

    condition: Dynamic[Any]
    then: Annotated[TaskList, Field(min_length=1)]
    else_: Annotated[TaskList, Field(alias="else")] = []

    def child_lists(self) -> Mapping[str, Sequence[Task]]:
        return {"then": self.then, "else": self.else_, "errors": self.errors, "finally": self.finally_}

    def choose(self, values: Mapping[str, Any]) -> Choice:
        holds = truthy(values["condition"])
        branch = "then" if holds else "else" if self.else_ else None
        return Choice(branch, outputs={"evaluationResult": holds})
