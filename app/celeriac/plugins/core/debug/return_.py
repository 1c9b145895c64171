"""`core.debug.Return`: gives a rendered text as output."""

from collections.abc import Mapping
from typing import Any, ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.core.task_type import TaskContext, TaskType


class Return(TaskType):
    """Outputs `value`: the rendered `format`; nothing without one.

    Example:
        id: greeting
        namespace: company.team
        tasks:
          - id: compose
            type: io.kestra.plugin.core.debug.Return
            format: "Hello from {{ flow.id }}"
          - id: show
            type: io.kestra.plugin.core.log.Log
            message: "{{ outputs.compose.value }}"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.debug.Return"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.core.tasks.debugs.Return",)
    effect_free: ClassVar[bool] = True

    format: Dynamic[str] | None = None

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        return {} if self.format is None else {"value": self.format}
