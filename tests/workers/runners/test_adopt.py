import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest

from celeriac.core.errors import Killed, RunnerFailed
from celeriac.core.runner import Command, RunResult
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.containers import list_containers
from celeriac_workers.runners.docker import DockerRunner
from celeriac_workers.runners.engine import Engine, find_engine
from celeriac_workers.runners.settings import RunnerSettings

pytestmark = pytest.mark.docker

WORKER = """
import json, os, sys, time
from pathlib import Path
from celeriac.core.runner import Command
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.docker import DockerRunner
from celeriac_workers.runners.settings import RunnerSettings

class Attempt:
    def line(self, stream, data):
        print(json.dumps({"handle": self.handle, "line": data.decode()}), flush=True)
    def notice(self, level, message): pass
    def started(self, handle):
        self.handle = handle
        if "created" in sys.argv:
            self.line("", b"created")
            time.sleep(60)
    def stop_reason(self): return None

folder = Path(sys.argv[1])
command = Command(("/bin/sh", "-c", sys.argv[2]), folder, image="ubuntu", labels={"celeriac.task-run": "lost"})
DockerRunner(RunnerSettings(folder / "cache", dict(os.environ))).run(command, Docker(), Attempt())
"""
Lose = Callable[..., Mapping[str, Any]]
Adopt = Callable[..., RunResult]


@pytest.fixture
def lose(docker_client: docker.APIClient, tmp_path: Path) -> Lose:
    """Starts a container from a worker that is then killed; returns the handle of the container."""

    def go(script: str, *, until: str, **flags: bool) -> Mapping[str, Any]:
        (tmp_path / "first").mkdir()
        argv = [sys.executable, "-c", WORKER, str(tmp_path / "first"), script, *flags]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            seen = next(item for line in worker.stdout if (item := json.loads(line))["line"] == until)
            worker.kill()
        return dict(seen["handle"])

    return go


@pytest.fixture
def adopt(settings: RunnerSettings, directory: Path, attempt: Any, docker_options: Callable[..., Docker]) -> Adopt:
    def go(handle: Mapping[str, Any], outputs: tuple[str, ...] = (), **properties: Any) -> RunResult:
        command = Command(("true",), directory, outputs=outputs)
        return DockerRunner(settings).adopt(handle, command, docker_options(**properties), attempt)

    return go


def test_a_running_container_is_taken_over_with_all_its_lines_and_files(
    lose: Lose, adopt: Adopt, attempt: Any, directory: Path
) -> None:
    handle = lose("echo one; echo two; sleep 3; echo three; echo err >&2; echo x > out.txt; exit 4", until="two")

    result = adopt(handle, outputs=("*.txt",))

    assert (result.exit_code, attempt.texts("stdout"), attempt.texts("stderr")) == (4, ["one", "two", "three"], ["err"])
    assert (directory / "out.txt").read_text() == "x\n"


def test_a_container_that_has_ended_is_taken_over(
    lose: Lose, adopt: Adopt, attempt: Any, docker_client: docker.APIClient
) -> None:
    handle = lose("seq 1 50000; echo done", until="1")
    docker_client.wait(handle["container"])

    result = adopt(handle)

    assert result.exit_code == 0
    assert attempt.texts("stdout") == [*(str(n) for n in range(1, 50001)), "done"]


def test_lines_of_both_streams_come_in_their_order_again(lose: Lose, adopt: Adopt, attempt: Any) -> None:
    loop = "for i in 1 2 3 4 5; do echo out $i; sleep 0.05; echo err $i >&2; sleep 0.05; done; sleep 1; echo end"
    handle = lose(loop, until="out 5")

    adopt(handle)

    pairs = [(f"out {i}".encode(), f"err {i}".encode()) for i in range(1, 6)]
    assert [data for _, data in attempt.lines] == [*(line for pair in pairs for line in pair), b"end"]


def test_what_was_noted_before_the_start_is_noted_again(lose: Lose, adopt: Adopt, attempt: Any) -> None:
    handle = lose("echo one; sleep 1", until="one")

    adopt({**handle, "notices": [["INFO", "Pulled the image"]]})

    assert attempt.notices == [("INFO", "Pulled the image")]


def test_a_container_that_was_not_started_yet_is_started(lose: Lose, adopt: Adopt, attempt: Any) -> None:
    handle = lose("echo one", until="created", created=True)

    assert adopt(handle).exit_code == 0
    assert attempt.texts("stdout") == ["one"]


def test_an_adopted_container_can_be_killed_and_is_removed(lose: Lose, adopt: Adopt, attempt: Any) -> None:
    handle = lose("echo one; sleep 60", until="one")
    attempt.stop = "killed"

    with pytest.raises(Killed):
        adopt(handle)

    engine = find_engine({"DOCKER_HOST": handle["host"]})
    assert isinstance(engine, Engine)
    assert list_containers(engine, {"celeriac.task-run": "lost"}) == []


def test_a_container_that_is_gone_cannot_be_taken_over(
    lose: Lose, adopt: Adopt, docker_client: docker.APIClient
) -> None:
    handle = lose("echo one; sleep 60", until="one")
    docker_client.remove_container(handle["container"], force=True)

    with pytest.raises(RunnerFailed, match="of the lost worker is gone"):
        adopt(handle)


def test_a_flow_may_forbid_to_take_over(lose: Lose, adopt: Adopt) -> None:
    handle = lose("echo one; sleep 60", until="one")

    with pytest.raises(RunnerFailed, match="`resume: false`"):
        adopt(handle, resume=False)
