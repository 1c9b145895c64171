"""The Process task runner: commands run as processes beside the worker."""

from collections.abc import Mapping
from typing import Any

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt, Command, RunnerType, RunResult
from celeriac_workers.runners.caller import find_program, find_python, script_environ, with_python_command
from celeriac_workers.runners.process_group import ProcessGroup
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.runners.stopping import raise_stopped
from celeriac_workers.runners.uv_environments import python_environment


class ProcessRunner:
    """Runs a command with the caller's PATH; Python scripts with `python3` and the packages that it has.

    With `dependencies` or lines that may install packages, Python runs in a cached uv environment instead.
    """

    def __init__(self, settings: RunnerSettings) -> None:
        self._settings = settings

    @staticmethod
    def unavailable(settings: RunnerSettings) -> str | None:
        """None: it can always run."""
        return None

    def run(self, command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Raises: RunnerFailed, TimedOut, Killed."""
        env = script_environ(self._settings.environ, command.env)
        if command.dependencies or command.needs_pip:
            with python_environment(command, env, self._settings.cache, attempt) as python:
                result = _run(command, python.environ, attempt)
                if result.exit_code == 0:
                    python.keep()
                return result
        if command.language == "python":
            env = with_python_command(env, self._settings.cache)
        return _run(command, env, attempt)

    def adopt(self, handle: Mapping[str, Any], command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Raises: RunnerFailed, always: processes end with their worker."""
        raise RunnerFailed("A process ends together with its worker; nothing of it is left to take over")


def _run(command: Command, env: Mapping[str, str], attempt: Attempt) -> RunResult:
    argv = (_program(command, env), *command.argv[1:])
    with ProcessGroup(argv, command.directory, env) as group:
        attempt.started({"pid": group.pid})
        ended = group.follow(attempt.line, attempt.stop_reason)
    raise_stopped(ended.stopped)
    return RunResult(ended.exit_code, {}, ended.cpu_s, ended.peak_memory_bytes)


def _program(command: Command, env: Mapping[str, str]) -> str:
    if command.language == "python" and command.argv[0] == "python":
        return find_python(env)
    return find_program(command.argv[0], env)
