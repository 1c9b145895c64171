"""Installations as people run them: `celeriac server` alone, or each line of the Procfile on services of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READY_S = 120.0
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Stack:
    """An installation that answers. redis_url, amqp_url: where its producers send."""

    url: str
    redis_url: str
    amqp_url: str
    folder: Path

    def curl(self, *arguments: str, within_s: float = 60.0) -> str:
        """What the real `curl` prints; it fails for a status of 400 or more."""
        done = subprocess.run(
            ["curl", "-sS", "--fail-with-body", *arguments],
            capture_output=True,
            text=True,
            timeout=within_s,
            cwd=self.folder,
        )
        assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
        return done.stdout

    def create(self, source: str) -> None:
        """Registers a flow as its first revision, or as the next one."""
        (self.folder / "flow.yaml").write_text(source)
        self.curl("-H", "Content-Type: application/x-yaml", "--data-binary", "@flow.yaml", f"{self.url}/api/v1/flows")

    def get(self, path: str) -> Any:
        """The JSON of an answer."""
        return json.loads(self.curl(f"{self.url}{path}"))

    def executions(self, namespace: str, flow_id: str) -> list[dict[str, Any]]:
        """The newest executions of a flow, at most a thousand."""
        path = f"/api/v1/main/executions/search?namespace={namespace}&flowId={flow_id}&size=1000"
        return list(self.get(path)["results"])

    def wait_for(self, condition: Callable[[], Any], what: str, *, within_s: float = 60.0) -> Any:
        """What the condition gives once it is true. Raises: AssertionError after the deadline."""
        deadline = time.monotonic() + within_s
        while not (found := condition()):
            assert time.monotonic() < deadline, f"waited {within_s} s for {what}"
            time.sleep(0.1)
        return found

    def wait_for_one(self, namespace: str, flow_id: str, state: str = "SUCCESS") -> dict[str, Any]:
        """The first execution of a flow that reaches the state."""

        def found() -> Any:
            return [one for one in self.executions(namespace, flow_id) if one["state"]["current"] == state]

        first: dict[str, Any] = self.wait_for(found, f"{namespace}.{flow_id} to be {state}")[0]
        return first


@contextmanager
def laptop(folder: Path, amqp_url: str) -> Iterator[Stack]:
    """`celeriac server` in an empty folder, with everything embedded; a RabbitMQ beside it for producers."""
    port = free_port()
    environ = {"CELERIAC_AMQP_URL": amqp_url, "CELERIAC_RUNNER": "process"}
    argv = [BIN / "celeriac", "server", "--port", str(port)]
    with process(argv, folder, environ, "server"):
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, folder)
        redis_url = (folder / ".celeriac" / "run" / "main" / "redis-url").read_text().strip()
        yield Stack(url, redis_url, amqp_url, folder)


@contextmanager
def company(folder: Path, database_url: str, redis_url: str, amqp_url: str) -> Iterator[Stack]:
    """Each line of the Procfile as a process: PostgreSQL, a Valkey, and RabbitMQ as the broker."""
    port = free_port()
    environ = {
        "CELERIAC_DATABASE_URL": database_url,
        "CELERIAC_REDIS_URL": redis_url,
        "CELERIAC_BROKER_URL": amqp_url,
        "CELERIAC_RUNNER": "process",
        "CELERIAC_WEB_PORT": str(port),
        "CELERIAC_FLOWER_URL": f"http://celeriac:test@127.0.0.1:{free_port()}",
    }
    with ExitStack() as stack:
        for name, command in procfile().items():
            stack.enter_context(process(["/bin/sh", "-c", f"exec {command}"], folder, environ, name))
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, folder)
        yield Stack(url, redis_url, amqp_url, folder)


def procfile() -> dict[str, str]:
    """{role: command} of the Procfile."""
    lines = (line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines() if line.strip())
    return {name.strip(): command.strip() for name, _, command in lines}


def wait_until_ready(url: str, folder: Path) -> None:
    """Waits for /readyz. Raises: AssertionError with what the processes said."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, OSError):
            said = "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in folder.glob("*.output"))
            assert time.monotonic() < deadline, said
            time.sleep(0.1)


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def process(argv: list[Any], folder: Path, environ: Mapping[str, str], name: str) -> Iterator[None]:
    """A command at work in the folder; asked to end with the block, and then made to."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    with (folder / f"{name}.output").open("wb") as output:
        process = subprocess.Popen(
            argv, cwd=folder, env={**os.environ, "PATH": path, **environ}, stdout=output, stderr=output
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
