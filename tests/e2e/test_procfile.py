"""The lines of the Procfile, each started by hand at the same moment on a new database, are one server."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from celeriac.cli.address import answers, free_port
from hand_engine import postgres_database
from postgres_server import POSTGRES
from real_command import Command, Running, wait_until
from real_engine import running_valkey
from real_server import Server

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 120
ENDS_WITHIN_S = 40
FLOW = """
id: hi
namespace: company.team
tasks:
  - id: script
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    commands: ['echo "::{\\"outputs\\": {\\"word\\": \\"hi\\"}}::"']
outputs:
  - {id: word, type: STRING, value: "{{ outputs.script.vars.word }}"}
"""


def _lines() -> dict[str, list[str]]:
    """{name: words of its command} of the Procfile."""
    lines = [line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines()]
    return {name: shlex.split(command) for name, _, command in lines}


class Roles:
    """Processes by the names of their lines."""

    def __init__(self, command: Command, url: str) -> None:
        self._command = command
        self._started: dict[str, subprocess.Popen[str]] = {}
        self.server = Server(Running(subprocess.Popen(["true"])), url, {}, command.folder, command.home)

    def start(self, name: str, words: list[str], environ: Mapping[str, str]) -> None:
        assert words[0] == "celeriac"
        with (self._command.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=self._command.folder,
                env={**os.environ, **self._command.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
            )
        self._command.adopt(process)
        self._started[name] = process

    def logs(self) -> str:
        """What they have said, for the message of a test that fails."""
        return "\n".join(f"== {name}\n{(self._command.folder / f'{name}.log').read_text()}" for name in self._started)

    def all_live(self) -> bool:
        """Raises: AssertionError when one has ended."""
        ended = {name: process.returncode for name, process in self._started.items() if process.poll() is not None}
        assert not ended, f"ended: {ended}"
        return True

    def titles(self) -> dict[str, str]:
        """{name: how it shows in `ps`}"""
        return {
            name: " ".join(psutil.Process(process.pid).cmdline()).strip() for name, process in self._started.items()
        }

    def end(self) -> dict[str, int]:
        """Tells all to end; {name: exit code}."""
        for process in self._started.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(ENDS_WITHIN_S) for name, process in self._started.items()}


@pytest.fixture(params=["sqlite", POSTGRES])
def roles(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Roles]:
    """Every line of the Procfile, on a new database that none of them has prepared."""
    port, flower = free_port(), free_port()
    with ExitStack() as stack:
        (tmp_path / "valkey").mkdir()
        environ = {
            "CELERIAC_BROKER_URL": stack.enter_context(running_valkey(tmp_path / "valkey")),
            "CELERIAC_WEB_PORT": str(port),
            "CELERIAC_FLOWER_URL": f"http://celeriac:word@127.0.0.1:{flower}",
        }
        if request.param != "sqlite":
            url = stack.enter_context(postgres_database(request.getfixturevalue("postgres_url")))
            environ["CELERIAC_DATABASE_URL"] = url
        command = Command(tmp_path, environ)
        stack.callback(command.close)
        found = Roles(command, f"http://127.0.0.1:{port}")
        for name, words in _lines().items():
            found.start(name, words, {})
        yield found


@pytest.mark.timeout(400)
def test_the_lines_of_the_procfile_are_a_server(roles: Roles) -> None:
    server = roles.server
    try:
        wait_until(lambda: roles.all_live() and answers(server.url, "/readyz"), "the web", READY_WITHIN_S)
        server.send("POST", "/flows", FLOW)
        execution_id = server.send("POST", "/executions/company.team/hi")["id"]
        wait_until(lambda: server.state_of(execution_id) == "SUCCESS", "the execution", READY_WITHIN_S)
        wanted = {name: f"celeriac: {words[1]}" for name, words in _lines().items()}
        wait_until(lambda: roles.titles() == wanted, f"the titles {wanted}", READY_WITHIN_S)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{roles.logs()}") from error

    assert server.get(f"/executions/{execution_id}")["outputs"] == {"word": "hi"}
    assert roles.end() == dict.fromkeys(_lines(), 0)
