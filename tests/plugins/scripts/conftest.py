"""Script tasks on a real Process task runner."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.dynamic import render_properties
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.core.task_type import LineSink
from celeriac.plugins.discovery import discover
from celeriac_workers.runners.process import ProcessRunner
from celeriac_workers.runners.settings import RunnerSettings
from fakes import FakeContext


class LineAttempt:
    """An attempt that passes lines on and is never stopped."""

    def __init__(self, on_line: LineSink) -> None:
        self.line = on_line

    def notice(self, level: str, message: str) -> None: ...
    def started(self, handle: Mapping[str, Any]) -> None: ...
    def stop_reason(self) -> str | None:
        return None


class ScriptContext(FakeContext):
    """A context whose commands run as processes; `runners` are the task runners that were asked for."""

    def __init__(self, cache: Path, **fields: Any) -> None:
        super().__init__(**fields)
        self.runners: list[RunnerType | None] = []
        self._runner = ProcessRunner(RunnerSettings(cache, dict(os.environ)))

    def run(self, command: Command, runner: RunnerType | None, on_line: LineSink) -> RunResult:
        self.runners.append(runner)
        self.commands.append(command)
        if self.runs is not None:
            return self.runs(command, on_line)
        return self._runner.run(command, runner or RunnerType(), LineAttempt(on_line))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ScriptContext]:
    context = ScriptContext(tmp_path / "cache")
    yield context
    context.close()


@pytest.fixture
def script(context: ScriptContext) -> Callable[..., dict[str, Any]]:
    """Runs a script task: its type without prefix, its properties."""

    def go(kind: str, **properties: Any) -> dict[str, Any]:
        types = discover()
        cls = types.task(f"io.kestra.plugin.scripts.{kind}")
        task = cls.model_validate({"id": "t", "type": cls.type_name, **properties}, context={"types": types})
        return dict(render_properties(task, context.render, skip=task.unrendered).run(context))  # type: ignore[attr-defined] # script tasks run

    return go
