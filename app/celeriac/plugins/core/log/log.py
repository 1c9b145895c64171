"""`core.log.Log`: writes lines to the log of the execution."""

from typing import Any, ClassVar

from celeriac.core.dynamic import Dynamic, as_text
from celeriac.core.errors import TaskFailed
from celeriac.core.flow import LogLevel
from celeriac.core.task_type import TaskContext, TaskType


class Log(TaskType):
    """Logs a message, or each message of a list.

    Example:
        id: hello
        namespace: company.team
        tasks:
          - id: greet
            type: io.kestra.plugin.core.log.Log
            message: "Execution {{ execution.id }} says hello"
            level: INFO
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.log.Log"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.core.tasks.log.Log",)
    effect_free: ClassVar[bool] = True
    unrendered: ClassVar[frozenset[str]] = frozenset({"message"})

    message: Dynamic[Any]
    level: Dynamic[LogLevel] = LogLevel.INFO

    def run(self, context: TaskContext) -> None:
        if not isinstance(self.message, str | list):
            raise TaskFailed(f"Property `message`: `{as_text(self.message)}` is no text; put it in quotes")
        for message in self.message if isinstance(self.message, list) else [self.message]:
            context.logger.log(self.level, as_text(context.render(message)))
