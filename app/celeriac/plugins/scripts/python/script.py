"""`scripts.python.Script`."""

from pathlib import Path
from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.plugins.scripts.code_file import code_argv
from celeriac.plugins.scripts.script_task import ScriptTask


class Script(ScriptTask):
    """Runs Python code. `from kestra import Kestra` gives outputs and metrics back, with nothing installed.

    Example:
        id: python_script
        namespace: company.team
        tasks:
          - id: total
            type: io.kestra.plugin.scripts.python.Script
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            inputFiles:
              orders.csv: |
                id,total
                1,12.5
                2,30
            script: |
              import csv
              from kestra import Kestra

              with open("orders.csv") as file:
                  totals = [float(row["total"]) for row in csv.DictReader(file)]
              Kestra.outputs({"total": sum(totals)})
              Kestra.counter("orders", len(totals))
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.python.Script"
    language: ClassVar[str] = "python"
    image: ClassVar[str] = "python:3.13-slim"

    script: Dynamic[str]
    dependencies: Dynamic[list[str]] = []

    def packages(self) -> tuple[str, ...]:
        return tuple(self.dependencies or ())

    def argv(self, directory: Path) -> tuple[str, ...]:
        return code_argv("python", ".py", self.script, directory, shell=self.shell if self.prepares else None)
