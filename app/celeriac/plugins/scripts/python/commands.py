"""`scripts.python.Commands`."""

from pathlib import Path
from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.plugins.scripts.script_task import ScriptTask


class Commands(ScriptTask):
    """Runs lines of shell where Python is at hand.

    Example:
        id: python_commands
        namespace: company.team
        tasks:
          - id: analyse
            type: io.kestra.plugin.scripts.python.Commands
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            inputFiles:
              scripts/analyse.py: |
                from kestra import Kestra
                Kestra.outputs({"answer": 42})
            commands:
              - python scripts/analyse.py
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.python.Commands"
    language: ClassVar[str] = "python"
    image: ClassVar[str] = "python:3.13-slim"

    commands: Dynamic[list[str]]
    dependencies: Dynamic[list[str]] = []

    def packages(self) -> tuple[str, ...]:
        return tuple(self.dependencies or ())

    def argv(self, directory: Path) -> tuple[str, ...]:
        return self.shell(directory, self.commands)
