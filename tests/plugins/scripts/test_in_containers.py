"""Script tasks on their default images."""

import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.core.task_type import LineSink
from celeriac.plugins.discovery import discover
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.docker import DockerRunner
from celeriac_workers.runners.settings import RunnerSettings

pytestmark = pytest.mark.docker
Script = Callable[..., dict[str, Any]]
KINDS = [f"{language}.{kind}" for language in ("python", "shell", "node") for kind in ("Script", "Commands")]


class LineAttempt:
    """An attempt that passes lines on, starts only what it finds, and is never stopped."""

    def __init__(self, on_line: LineSink) -> None:
        self.line = on_line

    def notice(self, level: str, message: str) -> None:
        if message.startswith("Pulling"):
            absent = f"{message}: run tests/images.sh"
            pytest.fail(absent) if os.environ.get("CELERIAC_TEST_ALL") else pytest.skip(absent)

    def started(self, handle: Mapping[str, Any]) -> None: ...
    def stop_reason(self) -> str | None:
        return None


@pytest.fixture(autouse=True)
def _in_containers(context: Any, tmp_path: Path) -> None:
    settings = RunnerSettings(tmp_path, dict(os.environ))
    if reason := DockerRunner.unavailable(settings):
        pytest.fail(reason) if os.environ.get("CELERIAC_TEST_ALL") else pytest.skip(reason)

    def run(command: Command, on_line: LineSink) -> RunResult:
        runner: RunnerType = Docker()
        return DockerRunner(settings).run(command, runner, LineAttempt(on_line))

    context.runs = run


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_each_type_runs_on_its_default_image(script: Script, kind: str) -> None:
    cls = discover().task(f"io.kestra.plugin.scripts.{kind}")
    text = inspect.cleandoc((cls.__doc__ or "").partition("Example:")[2].replace("\n    ", "\n"))
    properties = {k: v for k, v in yaml.safe_load(text)["tasks"][0].items() if k not in ("id", "type")}

    assert script(kind, **properties)["exitCode"] == 0


def test_files_outputs_and_metrics_cross_the_border(script: Script, context: Any) -> None:
    code = """
import pandas as pd
from kestra import Kestra
table = pd.read_csv("in/orders.csv")
table.groupby("product")["total"].sum().to_csv("out/totals.csv")
Kestra.outputs({"total": float(table["total"].sum())})
Kestra.counter("rows", len(table))
"""
    outputs = script(
        "python.Script",
        containerImage="ghcr.io/kestra-io/pydata:latest",
        inputFiles={"in/orders.csv": "product,total\na,1.5\nb,2\na,3\n"},
        outputFiles=["out/totals.csv"],
        script=code,
    )

    assert outputs["vars"] == {"total": 6.5}
    assert context.metrics["rows"] == 3
    assert context.files.text(outputs["outputFiles"]["out/totals.csv"]) == "product,total\na,4.5\nb,2.0\n"


def test_uris_in_code_are_paths_inside_the_container(script: Script, context: Any) -> None:
    uri = context.files.save(b"stored\n", "data.txt")

    script("shell.Commands", commands=[f"cat {uri}", "test $PWD = {{ workingDir }} && echo same"])

    assert context.logger.messages == ["stored", "same"]


def test_namespace_files_are_there(script: Script, context: Any) -> None:
    context.namespace_store.put("company.team", "scripts/transform.py", b"print('transformed')\n")

    script("python.Commands", namespaceFiles={"enabled": True}, commands=["python scripts/transform.py"])

    assert context.logger.messages == ["transformed"]
