"""An attempt that remembers, task runners with a cache of their own, and the Docker engine if there is one."""

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac_workers.runners.process import ProcessRunner
from celeriac_workers.runners.settings import RunnerSettings


class RecordingAttempt:
    """Keeps all that a runner tells it; `stop` is the answer to the question whether to stop."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bytes]] = []
        self.notices: list[tuple[str, str]] = []
        self.handles: list[Mapping[str, Any]] = []
        self.stop: str | None = None
        self.stop_at_line: dict[bytes, str] = {}
        self.begun = threading.Event()

    def line(self, stream: str, data: bytes) -> None:
        self.lines.append((stream, data))
        self.stop = self.stop_at_line.get(data, self.stop)

    def notice(self, level: str, message: str) -> None:
        self.notices.append((level, message))

    def started(self, handle: Mapping[str, Any]) -> None:
        self.handles.append(handle)
        self.begun.set()

    def stop_reason(self) -> str | None:
        return self.stop

    def texts(self, stream: str) -> list[str]:
        return [data.decode() for name, data in self.lines if name == stream]


@pytest.fixture
def attempt() -> RecordingAttempt:
    return RecordingAttempt()


@pytest.fixture
def environ() -> dict[str, str]:
    return dict(os.environ)


@pytest.fixture
def settings(tmp_path: Path, environ: dict[str, str]) -> RunnerSettings:
    return RunnerSettings(cache=tmp_path / "cache", environ=environ)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def run(settings: RunnerSettings, directory: Path, attempt: RecordingAttempt) -> Callable[..., RunResult]:
    """Runs argv on the Process runner; keywords are those of Command."""

    def go(*argv: str, **command: Any) -> RunResult:
        return ProcessRunner(settings).run(Command(argv, directory, **command), RunnerType(), attempt)

    return go
