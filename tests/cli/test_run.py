"""`celeriac run` for real: its own processes, its own Valkey, a database in a folder."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

HELLO = """
id: hello
namespace: company.team
inputs:
  - {id: who, type: STRING, defaults: world}
tasks:
  - {id: one, type: io.kestra.plugin.core.log.Log, message: "hello {{ inputs.who }}"}
  - {id: two, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.who }}"}
  - {id: three, type: io.kestra.plugin.core.log.Log, message: "{{ outputs.two.value }} again"}
outputs:
  - {id: greeting, type: STRING, value: "hi {{ inputs.who }}"}
"""
LONG = """
id: long
namespace: company.team
tasks:
  - id: wait
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    commands: ["echo started", "sleep 60"]
"""
FILES = """
id: files
namespace: company.team
tasks:
  - id: write
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    outputFiles: ["*.csv"]
    commands: ["printf 'a,b\\n1,2\\n' > out.csv"]
"""


class Command:
    """The command in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / ".celeriac"

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def start(self, *argv: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "celeriac", *argv],
            cwd=self.folder,
            env={**os.environ, "CELERIAC_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *argv: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*argv) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def processes(self) -> list[int]:
        """Living processes that were started for this folder."""
        return [process.pid for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.cwd() == str(self.folder) and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    command = Command(tmp_path)
    command.write("hello.yaml", HELLO)
    yield command
    for pid in command.processes():
        os.kill(pid, signal.SIGKILL)


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _read_until(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"`{text}` was not printed")


def _leftovers(command: Command) -> list[str]:
    run, tmp = command.home / "run", command.home / "tmp"
    folders = [*run.iterdir(), *(tmp.iterdir() if tmp.exists() else ())]
    return [str(path) for path in folders if path.is_dir()] + [str(pid) for pid in command.processes()]


def test_a_flow_runs_to_success_and_leaves_only_its_history(command: Command) -> None:
    result = command.run("run", "hello.yaml", "-i", "who=moon")

    assert (result.returncode, result.stderr) == (0, "")
    assert "one: INFO hello moon" in result.stdout
    assert "  greeting: hi moon" in result.stdout
    assert "SUCCESS  company.team.hello  3 task runs" in result.stdout
    assert _leftovers(command) == []


def test_json_is_one_document_with_runs_logs_and_outputs(command: Command) -> None:
    result = command.run("run", "hello.yaml", "-o", "json", "--label", "team=x")
    document: dict[str, Any] = json.loads(result.stdout)

    assert document["state"]["current"] == "SUCCESS"
    assert [run["taskId"] for run in document["taskRunList"]] == ["one", "two", "three"]
    assert [line["message"] for line in document["logs"]] == ["hello world", "world again"]
    assert document["outputs"] == {"greeting": "hi world"}
    assert document["subexecutions"] == []
    assert {"key": "team", "value": "x"} in document["labels"] or document["labels"].get("team") == "x"


def test_an_invalid_flow_is_refused_with_every_problem_and_its_place(command: Command) -> None:
    command.write("bad.yaml", "id: bad\nnamespace: n\ntasks:\n  - {id: a, type: nope}\n  - {id: a, typ: x}\n")
    result = command.run("run", "bad.yaml", "-o", "json")
    document = json.loads(result.stdout)

    assert (result.returncode, document["state"]) == (3, {"current": "INVALID"})
    assert {problem["line"] for problem in document["problems"]} >= {4, 5}
    assert _leftovers(command) == []


@pytest.mark.parametrize("given", [("-i", "whom=x"), ("--label", "Team=x")])
def test_what_the_flow_does_not_take_is_refused_before_the_start(command: Command, given: tuple[str, str]) -> None:
    result = command.run("run", "hello.yaml", "-o", "json", *given)

    assert (result.returncode, json.loads(result.stdout)["state"]["current"]) == (3, "REJECTED")


def test_an_empty_file_is_refused(command: Command) -> None:
    command.write("empty.yaml", "")
    result = command.run("run", "empty.yaml")

    assert (result.returncode, "the file is empty" in result.stderr) == (3, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_kills_the_execution_and_leaves_nothing(command: Command, number: signal.Signals) -> None:
    command.write("long.yaml", LONG)
    with command.start("run", "long.yaml") as process:
        _read_until(process, "started")
        process.send_signal(number)
        out, _err = process.communicate(timeout=30)

    assert (process.returncode, "KILLED  company.team.long" in out) == (130, True)
    assert _leftovers(command) == []


def test_after_a_kill_of_the_command_its_children_end_and_the_next_run_tidies_up(command: Command) -> None:
    command.write("long.yaml", LONG)
    with command.start("run", "long.yaml") as process:
        _read_until(process, "started")
        process.kill()
    _until(lambda: command.processes() == [], 10)
    result = command.run("run", "hello.yaml")

    assert result.returncode == 0
    assert "now KILLED" in result.stderr
    assert _leftovers(command) == []


def test_two_runs_at_once_in_one_folder_both_end_well(command: Command) -> None:
    with command.start("run", "hello.yaml") as one, command.start("run", "hello.yaml") as other:
        one.communicate(timeout=60)
        other.communicate(timeout=60)

    assert (one.returncode, other.returncode) == (0, 0)


def test_stored_files_are_shown_and_downloaded(command: Command) -> None:
    command.write("files.yaml", FILES)
    result = command.run("run", "files.yaml", "--download", "got")

    assert "  write: out.csv (8 B)\n    a,b\n    1,2\n" in result.stdout
    assert (command.folder / "got" / "write" / "out.csv").read_text() == "a,b\n1,2\n"
