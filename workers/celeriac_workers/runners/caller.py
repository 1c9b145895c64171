"""The environment of the worker as scripts see it: PATH, interpreters and variables of the caller, without secrets."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import celeriac_workers.scripts
from celeriac.core.errors import RunnerFailed

_HIDDEN = ("SECRET_", "CELERIAC_")
_SHIM = '#!/bin/sh\nexec python3 "$@"\n'


def script_environ(environ: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """The worker's variables without its secrets, then `extra`; `from kestra import Kestra` works in it."""
    env = {name: text for name, text in environ.items() if not name.startswith(_HIDDEN)}
    env = {"PATH": os.defpath, "PYTHONUNBUFFERED": "1"} | env | dict(extra)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (env.get("PYTHONPATH"), str(scripts_folder()))))
    return env


def scripts_folder() -> Path:
    """The folder whose modules every Python script may import."""
    return Path(next(iter(celeriac_workers.scripts.__path__)))


def find_program(name: str, env: Mapping[str, str]) -> str:
    """The absolute path of a program. Raises: RunnerFailed."""
    found = shutil.which(name, path=env["PATH"])
    if found is None:
        raise RunnerFailed(
            f"`{name}` is not on the PATH of the worker ({env['PATH']}). Install it there, or run the task in a "
            "container: `taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}`."
        )
    return str(Path(found).absolute())


def find_python(env: Mapping[str, str]) -> str:
    """The caller's Python: `python3`, else `python`. Raises: RunnerFailed."""
    name = (
        "python3"
        if shutil.which("python3", path=env["PATH"]) or not shutil.which("python", path=env["PATH"])
        else "python"
    )
    return find_program(name, env)


def with_python_command(env: dict[str, str], cache: Path) -> dict[str, str]:
    """`env` in which commands find `python` also where only `python3` is installed; the caller's own comes first."""
    if shutil.which("python", path=env["PATH"]) or not shutil.which("python3", path=env["PATH"]):
        return env
    shim = cache / "bin" / "python"
    if not shim.exists():
        shim.parent.mkdir(parents=True, exist_ok=True)
        draft = shim.with_name(f"python.{os.getpid()}")
        draft.write_text(_SHIM)
        draft.chmod(0o755)
        draft.replace(shim)
    return env | {"PATH": os.pathsep.join((env["PATH"], str(shim.parent)))}
