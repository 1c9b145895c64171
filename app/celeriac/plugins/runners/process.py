"""Properties of the Process task runner: none."""

from typing import ClassVar

from celeriac.core.runner import RunnerType


class Process(RunnerType):
    """Runs the script as a process beside the worker, with the programs that are on its PATH.

    Example:
        id: process_runner
        namespace: company.team
        tasks:
          - id: hello
            type: io.kestra.plugin.scripts.shell.Commands
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            commands:
              - echo "Hello from a process"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.runner.Process"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.core.models.tasks.runners.types.ProcessTaskRunner",)
    name: ClassVar[str] = "process"

    type: str = "io.kestra.plugin.core.runner.Process"
