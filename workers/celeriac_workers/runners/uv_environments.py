"""Python environments for scripts, made by uv and cached by content. Celeriac's own environment is never touched."""

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from uv import find_uv_bin

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt, Command
from celeriac_workers.runners.caller import find_python
from celeriac_workers.runners.process_group import ProcessGroup
from celeriac_workers.runners.stopping import raise_stopped

_IDENTITY = "import sys; print(sys.version); print(sys.executable)"
_READY = "celeriac.ready"
_KEPT_S = 30 * 86400


@dataclass(frozen=True, slots=True)
class PythonEnvironment:
    """Variables in which a Python environment comes first, and the file that says that it can be used again."""

    environ: dict[str, str]
    ready: Path

    def keep(self) -> None:
        """The command has done well: what it installed is worth keeping."""
        self.ready.touch()


@contextmanager
def python_environment(
    command: Command, env: Mapping[str, str], cache: Path, attempt: Attempt
) -> Iterator[PythonEnvironment]:
    """An environment that has pip and the dependencies of the command.

    It is shared by all that ask for the same packages. When the command may install more, it belongs to this attempt
    while it runs, is cached by the lines that install, and is thrown away unless `keep` is called.
    Raises: RunnerFailed, TimedOut, Killed.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunnerFailed(f"Cannot keep Python environments in {cache}: {error}") from error
    tools = _Tools(find_python(env), _uv_environ(env), cache, attempt)
    packages = sorted(command.dependencies)
    if not command.needs_pip:
        folder = cache / "envs" / tools.key(packages, ())
        with _locked(folder, attempt):
            tools.make_once(folder, packages)
        yield _activated(env, folder)
        return
    folder = cache / "envs" / tools.key(packages, command.setup)
    with _own(folder) as own:
        tools.make_once(own, packages)
        (own / _READY).unlink()
        yield _activated(env, own)


def _activated(env: Mapping[str, str], folder: Path) -> PythonEnvironment:
    path = os.pathsep.join((str(folder / "bin"), env["PATH"]))
    own = {name: text for name, text in env.items() if name != "PYTHONHOME"} | {
        "VIRTUAL_ENV": str(folder),
        "PATH": path,
    }
    return PythonEnvironment(own, folder / _READY)


@dataclass(frozen=True, slots=True)
class _Tools:
    """uv and the caller's Python, run under the rules of the attempt."""

    python: str
    env: Mapping[str, str]
    cache: Path
    attempt: Attempt

    def key(self, packages: Sequence[str], setup: Sequence[str]) -> str:
        """The name of the environment: what is asked for, on which Python."""
        python = self._run((self.python, "-c", _IDENTITY), "ask the Python on PATH for its version")
        content = json.dumps([python, list(packages), list(setup)])
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    def make_once(self, folder: Path, packages: Sequence[str]) -> None:
        """Makes the environment unless it is ready; what an interrupted attempt left is replaced."""
        if (folder / _READY).exists():
            os.utime(folder / _READY)
            return
        shutil.rmtree(folder, ignore_errors=True)
        _remove_unused(folder.parent)
        uv = find_uv_bin()
        if packages:
            self.attempt.notice("INFO", f"Installing {', '.join(packages)}")
        self._run((uv, "venv", "--quiet", "--seed", "--python", self.python, str(folder)), "make a Python environment")
        if packages:
            install = (uv, "pip", "install", "--python", str(folder / "bin" / "python"), *packages)
            self._run(install, f"install the dependencies {', '.join(packages)}")
        (folder / _READY).touch()

    def _run(self, argv: Sequence[str], purpose: str) -> list[str]:
        lines: deque[str] = deque(maxlen=30)
        with ProcessGroup(argv, self.cache, self.env) as group:
            ended = group.follow(lambda _, line: lines.append(line.decode(errors="replace")), self.attempt.stop_reason)
        raise_stopped(ended.stopped)
        if ended.exit_code:
            raise RunnerFailed(f"Cannot {purpose} (exit code {ended.exit_code}):\n" + "\n".join(lines))
        return list(lines)


def _uv_environ(env: Mapping[str, str]) -> dict[str, str]:
    """pip's settings, which people have, as uv's, unless uv has its own."""
    twins = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "UV_INDEX": "PIP_EXTRA_INDEX_URL", "SSL_CERT_FILE": "PIP_CERT"}
    found = {uv: env[pip] for uv, pip in twins.items() if env.get(pip)}
    return {name: text for name, text in (found | dict(env)).items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}


def _remove_unused(envs: Path) -> None:
    """Removes environments that nobody has asked for in weeks: lines with a date or an id in them make new ones."""
    limit = time.time() - _KEPT_S
    for ready in envs.glob(f"*/{_READY}"):
        with suppress(OSError):
            if ready.stat().st_mtime < limit:
                shutil.rmtree(ready.parent, ignore_errors=True)


@contextmanager
def _locked(folder: Path, attempt: Attempt) -> Iterator[None]:
    with _lock_file(folder) as file:
        while not _try_lock(file):
            raise_stopped(attempt.stop_reason())
            time.sleep(0.1)
        yield


@contextmanager
def _own(folder: Path) -> Iterator[Path]:
    """The cached folder when nobody else is using it, else one that is removed afterwards."""
    with _lock_file(folder) as file:
        own = folder if _try_lock(file) else folder.with_name(f"{folder.name}.{os.urandom(6).hex()}")
        try:
            yield own
        finally:
            if own is not folder or not (own / _READY).exists():
                shutil.rmtree(own, ignore_errors=True)


@contextmanager
def _lock_file(folder: Path) -> Iterator[IO[str]]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        yield file


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
