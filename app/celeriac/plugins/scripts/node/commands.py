"""`scripts.node.Commands`."""

from pathlib import Path
from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.plugins.scripts.script_task import ScriptTask


class Commands(ScriptTask):
    """Runs lines of shell where Node.js is at hand.

    Example:
        id: node_commands
        namespace: company.team
        tasks:
          - id: sum
            type: io.kestra.plugin.scripts.node.Commands
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            inputFiles:
              sum.js: console.log(1 + 2)
            commands:
              - node sum.js
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.node.Commands"
    language: ClassVar[str] = "node"
    image: ClassVar[str] = "node"

    commands: Dynamic[list[str]]

    def argv(self, directory: Path) -> tuple[str, ...]:
        return self.shell(directory, self.commands)
