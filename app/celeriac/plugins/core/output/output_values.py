"""`core.output.OutputValues`: gives several values as outputs."""

from collections.abc import Mapping
from typing import Any, ClassVar

from celeriac.core.task_type import TaskContext, TaskType


class OutputValues(TaskType):
    """Outputs `values`. A text that holds an expression becomes a text, whatever the expression is.

    Plain numbers, booleans, lists and mappings stay what they are.

    Example:
        id: values
        namespace: company.team
        tasks:
          - id: limits
            type: io.kestra.plugin.core.output.OutputValues
            values:
              low: 10
              label: "at most {{ 10 + 5 }}"
          - id: show
            type: io.kestra.plugin.core.log.Log
            message: "{{ outputs.limits.values.label }}"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.output.OutputValues"
    effect_free: ClassVar[bool] = True

    values: dict[str, Any] = {}

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        return {"values": context.render(self.values)}
