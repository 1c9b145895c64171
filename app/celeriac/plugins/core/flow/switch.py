"""One of several lists of tasks, by a value."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.flow import Choice, Flowable, Task, TaskList


def _text_keys(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {str(key).lower() if isinstance(key, bool) else str(key): item for key, item in value.items()}


class Switch(Flowable):
    """Runs the list of `cases` whose key is the rendered value, else `defaults`; FAILS when there is neither.

    Example:
        id: switch
        namespace: examples
        inputs:
          - {id: size, type: STRING, defaults: small}
        tasks:
          - id: by_size
            type: io.kestra.plugin.core.flow.Switch
            value: "{{ inputs.size }}"
            cases:
              small:
                - {id: s, type: io.kestra.plugin.core.log.Log, message: small}
            defaults:
              - {id: other, type: io.kestra.plugin.core.log.Log, message: another size}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Switch"
    evaluated: ClassVar[tuple[str, ...]] = ("value",)

    value: Dynamic[str]
    cases: Annotated[dict[str, TaskList], BeforeValidator(_text_keys)] = {}
    defaults: TaskList = []

    @model_validator(mode="after")
    def _some_branch(self) -> Self:
        if not self.cases and not self.defaults:
            raise PydanticCustomError("switch", "No task defined, neither cases or default have any tasks")
        return self

    def child_lists(self) -> Mapping[str, Sequence[Task]]:
        cases = {f"cases.{key}": tasks for key, tasks in self.cases.items()}
        return {**cases, "defaults": self.defaults, "errors": self.errors, "finally": self.finally_}

    def choose(self, values: Mapping[str, Any]) -> Choice:
        value = values["value"]
        if value in self.cases:
            return Choice(f"cases.{value}", outputs={"value": value, "defaults": False})
        if not self.defaults:
            raise TaskFailed(
                f"No task found for the value `{value}`: it is none of the cases and there are no defaults",
                {"value": value, "defaults": True},
            )
        return Choice("defaults", outputs={"value": value, "defaults": True})
