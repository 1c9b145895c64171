"""`scripts.shell.Script`."""

from pathlib import Path
from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.plugins.scripts.script_task import ScriptTask


class Script(ScriptTask):
    """Runs a shell script.

    Example:
        id: shell_script
        namespace: company.team
        tasks:
          - id: count
            type: io.kestra.plugin.scripts.shell.Script
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            outputFiles:
              - "*.txt"
            script: |
              seq 1 5 > numbers.txt
              echo "::{\"outputs\": {\"lines\": $(wc -l < numbers.txt)}}::"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.shell.Script"
    language: ClassVar[str] = "shell"
    image: ClassVar[str] = "ubuntu"

    script: Dynamic[str]

    def argv(self, directory: Path) -> tuple[str, ...]:
        return self.shell(directory, [self.script])
