"""kill -9 of every process of a server, one after the other, while executions run: all succeed, the server is whole."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from celeriac.cli.roles import existing_roles
from real_command import Command, wait_until
from real_server import Server, serving

EXECUTIONS = 50
WHOLE_WITHIN_S = 15
ENDS_WITHIN_S = 150
TASKS = 6
ROLES = {"valkey", *existing_roles()}
FLOW = """
id: {flow_id}
namespace: company.team
tasks:
{tasks}
"""
SCRIPT = """
  - id: t{number}
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {{type: io.kestra.plugin.core.runner.Process}}
    commands: ["sleep {seconds}"]
"""


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    running = Command(tmp_path, {"CELERIAC_RUNNER": "process", "CELERIAC_WORKER_SLOTS": "16"})
    yield running
    running.close()


def _processes(server: Server) -> dict[str, psutil.Process]:
    """{what it is: a process}: children of the supervisor, and theirs that are part of a role."""
    found = {}
    for child in psutil.Process(server.process.pid).children(recursive=True):
        title = " ".join(child.cmdline()).strip()
        if title.startswith("celeriac: "):
            name = title.removeprefix("celeriac: ")
            found[name if name not in found else f"{name} (another)"] = child
        elif child.name() == "valkey-server":
            found["valkey"] = child
    return found


def _is_whole(server: Server, before: dict[str, psutil.Process], killed: psutil.Process) -> bool:
    """Everything that ran runs again, and answers."""
    try:
        now = _processes(server)
        return now.keys() == before.keys() and killed not in now.values() and _is_ready(server)
    except (psutil.Error, OSError):
        return False


def _is_ready(server: Server) -> bool:
    return bool(server.get("/flows/company.team/slow"))


def _states(server: Server, ids: list[str]) -> list[str]:
    return sorted(server.state_of(execution_id) for execution_id in ids)


@pytest.mark.timeout(400)
def test_executions_survive_the_end_of_any_process_of_their_server(command: Command) -> None:
    tasks = "".join(SCRIPT.format(number=number, seconds=1) for number in range(TASKS))
    with serving(command, "--no-examples") as server:
        server.send("POST", "/flows", FLOW.format(flow_id="slow", tasks=tasks))
        wait_until(lambda: _processes(server).keys() >= ROLES, "all processes")
        before = _processes(server)
        ids = [server.send("POST", "/executions/company.team/slow")["id"] for _ in range(EXECUTIONS)]
        took = {}
        for name in sorted(before):
            victim = _processes(server)[name]
            os.kill(victim.pid, signal.SIGKILL)
            killed_at = time.monotonic()
            wait_until(lambda victim=victim: _is_whole(server, before, victim), f"{name} again", WHOLE_WITHIN_S)
            took[name] = round(time.monotonic() - killed_at, 1)
        wait_until(lambda: set(_states(server, ids)) == {"SUCCESS"}, "all executions", ENDS_WITHIN_S)

        assert all(seconds < WHOLE_WITHIN_S for seconds in took.values()), took
    assert command.processes() == []
