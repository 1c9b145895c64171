"""Scripts that tell ten times a second that they run, and what their traces say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

TICKS = 20
PROCESS = "io.kestra.plugin.core.runner.Process"
DOCKER = "io.kestra.plugin.scripts.runner.docker.Docker"


def ticking_flow(tasks: int, runner: str = PROCESS, target: str = "", ticks: int = TICKS) -> str:
    """A flow of scripts, by default of two seconds, one by one. target: a file, else they write to their log."""
    head = ["id: ticking", "namespace: company.team", "tasks:"]
    return "\n".join([*head, *(_task(f"s{i}", runner, target, ticks) for i in range(tasks))])


def _task(task_id: str, runner: str, target: str, ticks: int) -> str:
    return f"""
  - id: {task_id}
    type: io.kestra.plugin.scripts.shell.Script
    containerImage: ubuntu
    taskRunner: {{type: {runner}}}
    script: |
      for i in $(seq {ticks}); do
        echo "{task_id} $(hostname)-$$ $(date +%s.%N)" {f">> {target}" if target else ""}
        sleep 0.1
      done"""


@dataclass(frozen=True)
class Copy:
    """A process that ran the script of a task. Times as `time.time`."""

    task_id: str
    process: str
    first: float
    last: float
    ticks: int


def copies(lines: Iterable[str]) -> list[Copy]:
    """The processes in the order of their traces: one that appears twice ran beside another."""
    found: list[Copy] = []
    for line in lines:
        task_id, process, at = line.split()
        if found and (found[-1].task_id, found[-1].process) == (task_id, process):
            found[-1] = replace(found[-1], last=float(at), ticks=found[-1].ticks + 1)
        else:
            found.append(Copy(task_id, process, float(at), float(at), 1))
    return found


class Trace:
    """The file that scripts of one folder write to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def copies(self) -> list[Copy]:
        return copies(self.path.read_text().splitlines()) if self.path.exists() else []

    def ticks(self, task_id: str) -> int:
        return sum(copy.ticks for copy in self.copies() if copy.task_id == task_id)
