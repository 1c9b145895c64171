"""The `celeriac` command as people run it: real processes, in a folder of its own, and what they leave behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import psutil
from docker.models.containers import Container

from celeriac.settings import Settings

DEADLINE_S = 90.0
Document = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Document:
        """The one JSON document on stdout."""
        return dict(json.loads(self.out))

    @property
    def state(self) -> str:
        return str(self.document["state"]["current"])

    @property
    def problems(self) -> list[Document]:
        return list(self.document["problems"])

    def run_of(self, task_id: str) -> Document:
        """The only task run of a task."""
        (run,) = [run for run in self.document["taskRunList"] if run["taskId"] == task_id]
        return dict(run)

    def attempts_of(self, task_id: str) -> list[str]:
        return [attempt["state"]["current"] for attempt in self.run_of(task_id)["attempts"]]

    def messages(self, level: str | None = None) -> list[str]:
        return [line["message"] for line in self.document["logs"] if level in (None, line["level"])]


class Running:
    """A command that goes on."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """kill -9 of the command itself."""
        self._process.kill()
        self._process.wait()

    def role(self, title: str) -> psutil.Process:
        """The process of a role, by its title: `celeriac: worker`, or the name of a program."""
        (found,) = [child for child in self._children() if _title(child).startswith(title)]
        return found

    def result(self, within_s: float = DEADLINE_S) -> Result:
        """Waits for its end."""
        out, err = self._process.communicate(timeout=within_s)
        return Result(self._process.returncode, out, err)

    def _children(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children(recursive=True)


class Command:
    """`celeriac` in a folder."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.home = folder / ".celeriac"
        self.environ = {"CELERIAC_HOME": str(self.home), **(environ or {})}
        self._started: list[subprocess.Popen[str]] = []

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def start(self, *argv: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "celeriac", *argv],
            cwd=self.folder,
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.adopt(process)

    def adopt(self, process: "subprocess.Popen[str]") -> Running:
        """A command that was started in another way; it is ended with the others."""
        self._started.append(process)
        return Running(process)

    def run(self, *argv: str, within_s: float = DEADLINE_S) -> Result:
        return self.start(*argv).result(within_s)

    def run_flow(self, source: str, *argv: str, within_s: float = DEADLINE_S) -> Result:
        """Runs a flow that is text; its end is one JSON document."""
        self.write("flow.yaml", source)
        return self.run("run", "flow.yaml", "-o", "json", *argv, within_s=within_s)

    # ------------------------------------------------------------------ what is left
    def leftovers(self) -> list[str]:
        """Processes, containers, temporary folders of commands that have ended."""
        folders = [path for name in ("run", "tmp") for path in _listed(self.home / name) if path.is_dir()]
        processes = [" ".join(process.cmdline()[:4]) for process in self.processes()]
        return [*map(str, folders), *processes, *self.containers()]

    def processes(self) -> list[psutil.Process]:
        """Living processes that work in this folder or below, or were told to."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def containers(self, status: str | None = None) -> list[str]:
        """Containers that were started from this folder, in any status or in one; none without an engine."""
        found = self._containers()
        return [f"container {one.short_id} {one.status}" for one in found if status in (None, one.status)]

    def _containers(self) -> list[Container]:
        instance = Settings.from_environ(self.environ).instance
        with suppress(docker.errors.DockerException):
            client = docker.from_env()
            return list(
                client.containers.list(all=True, filters={"label": f"celeriac={instance}"}, ignore_removed=True)
            )
        return []

    def close(self) -> None:
        """Ends and removes what a failed test has left."""
        for process in self._started:
            process.kill()
            process.communicate()
        for left in self.processes():
            with suppress(psutil.Error):
                left.kill()
        for container in self._containers():
            with suppress(docker.errors.DockerException):
                container.remove(force=True)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            inside = Path(process.cwd()).is_relative_to(self.folder)
            told = process.environ().get("CELERIAC_HOME") == str(self.home)
            return (inside or told) and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            return False


def wait_until(condition: Callable[[], Any], what: str, within_s: float = DEADLINE_S) -> float:
    """Waits for a condition; returns how many seconds it took. Raises: AssertionError after the deadline."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < within_s, f"waited {within_s} s for {what}"
        time.sleep(0.02)
    return time.monotonic() - started


def _title(process: psutil.Process) -> str:
    """What the process calls itself; for programs their file name."""
    with suppress(psutil.Error):
        argv = process.cmdline()
        return Path(argv[0]).name if argv and argv[0].startswith("/") else (argv or [""])[0]
    return ""


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
