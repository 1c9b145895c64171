"""The `celeriac run` command on the flows of this repository, and whether Docker and Node.js are there."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import docker
import pytest

from celeriac_workers.runners.docker_client import connect
from celeriac_workers.runners.engine import NoEngine, find_engine

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "flows"
IMAGES = ("python:3.11-slim", "ghcr.io/kestra-io/pydata:latest")
DEADLINE_S = 150
collect_ignore: list[str] = [] if (ROOT.parent / "shared" / "seeds").is_dir() else ["test_seeds.py"]


@dataclass(frozen=True)
class Run:
    """What a finished `celeriac run -o json` said."""

    exit_code: int
    document: dict[str, Any]
    folder: Path
    errors: str

    @property
    def state(self) -> str:
        return str(self.document["state"]["current"])

    @property
    def outputs(self) -> dict[str, Any]:
        return dict(self.document["outputs"] or {})

    def runs(self, task_id: str) -> list[dict[str, Any]]:
        return [run for run in self.document["taskRunList"] if run["taskId"] == task_id]

    def outputs_of(self, task_id: str) -> dict[str, Any]:
        (run,) = self.runs(task_id)
        return dict(run["outputs"])

    def messages(self, task_id: str) -> list[str]:
        return [line["message"] for line in self.document["logs"] if line.get("taskId") == task_id]

    def file(self, name: str) -> str:
        """The text of a file that was downloaded: `TASK/FILE`."""
        return (self.folder / "files" / name).read_text()


RunFlow = Callable[..., Run]


@pytest.fixture
def run_flow(tmp_path: Path) -> RunFlow:
    """run_flow(path of the flow, *further arguments) → Run."""

    def run(path: Path, *arguments: str) -> Run:
        result = subprocess.run(
            [sys.executable, "-m", "celeriac", "run", str(path), "-o", "json", "--download", "files", *arguments],
            cwd=tmp_path,
            env={**os.environ, "CELERIAC_HOME": str(tmp_path / ".celeriac")},
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
        assert result.stdout, result.stderr
        return Run(result.returncode, json.loads(result.stdout), tmp_path, result.stderr)

    return run


@pytest.fixture
def needs_docker() -> None:
    """Skips, in CI fails, without an engine that has the images of tests/images.sh."""
    engine = find_engine(dict(os.environ))
    if isinstance(engine, NoEngine):
        _absent(engine.reason)
        return
    client: docker.APIClient = connect(engine)
    missing = [image for image in IMAGES if not client.images(image)]
    client.close()
    if missing:
        _absent(f"the engine has no image {', '.join(missing)}: run tests/images.sh")


@pytest.fixture
def needs_node() -> None:
    """Skips, in CI fails, without Node.js."""
    if which("node") is None:
        _absent("node is not on the PATH")


def _absent(reason: str) -> None:
    if os.environ.get("CELERIAC_TEST_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)
