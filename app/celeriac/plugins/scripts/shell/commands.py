"""`scripts.shell.Commands`."""

from pathlib import Path
from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.plugins.scripts.script_task import ScriptTask


class Commands(ScriptTask):
    """Runs lines of shell.

    Example:
        id: shell_commands
        namespace: company.team
        tasks:
          - id: greet
            type: io.kestra.plugin.scripts.shell.Commands
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            env:
              NAME: "{{ flow.id }}"
            commands:
              - echo "Hello from $NAME"
              - echo '::{"outputs":{"greeted":true}}::'
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.shell.Commands"
    language: ClassVar[str] = "shell"
    image: ClassVar[str] = "ubuntu"

    commands: Dynamic[list[str]]

    def argv(self, directory: Path) -> tuple[str, ...]:
        return self.shell(directory, self.commands)
