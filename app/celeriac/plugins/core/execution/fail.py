"""`core.execution.Fail`: ends FAILED on purpose."""

from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.expression import truthy
from celeriac.core.task_type import TaskContext, TaskType


class Fail(TaskType):
    """Fails always, or when its `condition` holds.

    A condition does not hold when its text is empty, blank, `false`, `0` or `-0`.

    Example:
        id: guard
        namespace: company.team
        inputs:
          - id: rows
            type: INT
            defaults: 12
        tasks:
          - id: not_empty
            type: io.kestra.plugin.core.execution.Fail
            condition: "{{ inputs.rows == 0 }}"
            errorMessage: "There are no rows to load"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.execution.Fail"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.core.tasks.executions.Fail",)
    effect_free: ClassVar[bool] = True
    unrendered: ClassVar[frozenset[str]] = frozenset({"error_message"})

    condition: Dynamic[str] | None = None
    error_message: Dynamic[str] = "Task failure"

    def run(self, context: TaskContext) -> None:
        if self.condition is None or truthy(self.condition):
            raise TaskFailed(context.render(self.error_message))
