"""`scripts.node.Script`."""

from pathlib import Path
from typing import ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.plugins.scripts.code_file import code_argv
from celeriac.plugins.scripts.script_task import ScriptTask


class Script(ScriptTask):
    """Runs JavaScript with Node.js.

    Example:
        id: node_script
        namespace: company.team
        tasks:
          - id: greet
            type: io.kestra.plugin.scripts.node.Script
            taskRunner:
              type: io.kestra.plugin.core.runner.Process
            script: |
              const names = ["Ada", "Grace"];
              console.log('::' + JSON.stringify({outputs: {greeting: `Hello ${names.join(" and ")}`}}) + '::');
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.node.Script"
    language: ClassVar[str] = "node"
    image: ClassVar[str] = "node"

    script: Dynamic[str]

    def argv(self, directory: Path) -> tuple[str, ...]:
        return code_argv("node", ".js", self.script, directory, shell=self.shell if self.prepares else None)
