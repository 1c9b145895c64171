"""`celeriac server` as people run it, spoken to over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celeriac.cli.address import free_port
from celeriac.dispatch.publisher import NoPublisher
from celeriac.settings import Settings
from celeriac.wiring import build
from real_command import Command, Running

ENDS_WITHIN_S = 40.0
API = "/api/v1/main"
YAML = {"Content-Type": "application/x-yaml"}


@dataclass(frozen=True)
class Server:
    """A server that is ready. table: what it has printed; errors: the file that holds what it says on stderr."""

    process: Running
    url: str
    table: Mapping[str, str]
    errors: Path
    home: Path

    def get(self, path: str) -> Any:
        """The JSON document below the API."""
        return self._ask("GET", path)

    def send(self, method: str, path: str, body: str = "") -> Any:
        """The answer to a request with a YAML body, if any; None when there is none."""
        return self._ask(method, path, body)

    def state_of(self, execution_id: str) -> str:
        return str(self.get(f"/executions/{execution_id}")["state"]["current"])

    def living(self) -> dict[str, Any]:
        """{role: what its process tells about itself}."""
        app = build(Settings.from_environ({"CELERIAC_HOME": str(self.home)}), NoPublisher())
        try:
            return {row.role: row.detail for row in app.processes.living()}
        finally:
            app.close()

    def _ask(self, method: str, path: str, body: str = "") -> Any:
        request = urllib.request.Request(f"{self.url}{API}{path}", body.encode() or None, YAML, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def serving(command: Command, *argv: str) -> Iterator[Server]:
    """A server on a free port; it is told to end after the block, unless it has ended."""
    url, errors = f"http://127.0.0.1:{free_port()}", command.folder / "errors"
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "celeriac", "server", "--port", url.rpartition(":")[2], *argv],
            cwd=command.folder,
            env={**os.environ, **command.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    running = command.adopt(process)
    assert process.stdout is not None
    lines: list[str] = []
    while not (lines and lines[-1].startswith("Ctrl-C")):
        lines.append(process.stdout.readline())
        assert lines[-1], errors.read_text()
    table = dict(re.split(r"  +", line.strip(), maxsplit=1) for line in lines if line.startswith("  "))
    yield Server(running, url, table, errors, command.home)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=ENDS_WITHIN_S)
