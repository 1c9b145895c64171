"""What fails at its task run: the message names the cause and what to do, and nothing is left."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from real_command import Command, Result, wait_until

FLOW = """
id: failing
namespace: company.team
tasks:
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: variable
        type: io.kestra.plugin.core.log.Log
        message: "{{ vars.nothing }}"
        allowFailure: true
      - id: variable_in_script
        type: io.kestra.plugin.scripts.shell.Script
        taskRunner: {type: io.kestra.plugin.core.runner.Process}
        script: echo {{ outputs.nothing.value }}
        allowFailure: true
      - id: interpreter
        type: io.kestra.plugin.scripts.shell.Script
        taskRunner: {type: io.kestra.plugin.core.runner.Process}
        interpreter: [no-such-shell, -c]
        script: echo hello
        allowFailure: true
      - id: engine
        type: io.kestra.plugin.scripts.shell.Script
        taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}
        script: echo hello
        allowFailure: true
"""
IMAGE = """
id: image
namespace: company.team
tasks:
  - id: image
    type: io.kestra.plugin.scripts.shell.Script
    taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}
    containerImage: registry.invalid/no/such:image
    script: echo hello
"""
CONTAINER = """
id: container
namespace: company.team
tasks:
  - id: container
    type: io.kestra.plugin.scripts.shell.Script
    taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}
    containerImage: ubuntu
    script: sleep 300
"""
FULL = """
id: full
namespace: company.team
tasks:
  - id: full
    type: io.kestra.plugin.scripts.shell.Script
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    outputFiles: [large.bin]
    script: head -c 60000000 /dev/zero > large.bin
"""
CAUSES = {
    "variable": ("nothing",),
    "variable_in_script": ("nothing",),
    "interpreter": ("no-such-shell", "PATH", "nstall"),
    "engine": ("no-such.sock", "DOCKER_HOST", "--runner process"),
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    """A run of FLOW beside an engine that is not there."""
    folder = tmp_path_factory.mktemp("failing")
    command = Command(folder, {"DOCKER_HOST": f"unix://{folder}/no-such.sock"})
    result = command.run_flow(FLOW)
    assert command.leftovers() == []
    yield result
    command.close()


@pytest.mark.parametrize("task_id", CAUSES)
def test_a_task_run_fails_with_its_cause_and_what_to_do(failing: Result, task_id: str) -> None:
    errors = [line["message"] for line in failing.document["logs"] if line["taskId"] == task_id]

    assert failing.attempts_of(task_id) == ["FAILED"]
    assert [error for error in errors if all(word in error for word in CAUSES[task_id])], errors


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_an_image_that_does_not_exist_fails_its_task_run_by_name(command: Command) -> None:
    result = command.run_flow(IMAGE)

    assert (result.code, result.attempts_of("image")) == (1, ["FAILED"])
    assert [error for error in result.messages("ERROR") if "registry.invalid/no/such:image" in error]
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_an_engine_that_goes_away_fails_the_task_runs_on_it(command: Command) -> None:
    with Engine(command.folder / "engine.sock") as engine:
        command.environ["DOCKER_HOST"] = f"unix://{engine.path}"
        command.write("flow.yaml", CONTAINER)
        running = command.start("run", "flow.yaml", "-o", "json")
        wait_until(lambda: command.containers("running"), "the container")
        engine.close()
        result = running.result()

    assert (result.code, result.attempts_of("container")) == (1, ["FAILED"])
    assert [error for error in result.messages("ERROR") if str(engine.path) in error], result.messages()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root can make a small disk")
def test_a_full_disk_fails_the_task_run_that_filled_it(command: Command) -> None:
    command.home.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", command.home], check=False).returncode:
        pytest.skip("a small disk cannot be made here")
    try:
        result = command.run_flow(FULL)
        left = command.leftovers()
    finally:
        command.close()
        subprocess.run(["umount", command.home], check=True)

    assert (result.code, result.attempts_of("full"), left) == (1, ["FAILED"], [])
    assert [error for error in result.messages("ERROR") if "disk is full" in error and "free some space" in error]


class Engine:
    """A socket that leads to the real engine until it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listener = socket.socket(socket.AF_UNIX)
        self._open: list[socket.socket] = []

    def __enter__(self) -> "Engine":
        self._listener.bind(str(self.path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """The engine is gone."""
        self.path.unlink(missing_ok=True)
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
