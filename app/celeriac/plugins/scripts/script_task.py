"""What all script tasks share: properties, files, the command, its output. A language adds its own few lines."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from celeriac.core.dynamic import Dynamic, render_properties
from celeriac.core.errors import StorageFailed, TaskFailed
from celeriac.core.runner import Command, RunResult
from celeriac.core.task_type import TaskContext, TaskType
from celeriac.plugins.runners.any_runner import AnyRunner
from celeriac.plugins.runners.docker import DockerOptions
from celeriac.plugins.scripts.command_line import shell_argv
from celeriac.plugins.scripts.files import (
    COPIES,
    exact_places,
    localise,
    save_outputs,
    write_input_files,
    write_namespace_files,
)
from celeriac.plugins.scripts.messages import ScriptOutput
from celeriac.plugins.scripts.options import NamespaceFiles, RunnerKind, older_runner

_SHELL = ["/bin/sh", "-c"]
_OUTPUT_FOLDER = "output"
_HINTS = {
    126: "a command cannot be executed: see the log",
    127: "a command was not found: see the log; install it where the script runs, or choose another `containerImage`",
    137: "killed from outside, often for lack of memory",
}


class ScriptTask(TaskType):
    """A task that runs code of the user in a language.

    Outputs: `vars` {name: value}, `exitCode`, `outputFiles` {relative path: URI}, `taskRunner` {…}.
    """

    language: ClassVar[str] = "shell"
    image: ClassVar[str] = "ubuntu"
    unrendered: ClassVar[frozenset[str]] = frozenset(
        {"script", "commands", "before_commands", "interpreter", "env", "input_files", "output_files"}
    )

    task_runner: AnyRunner | None = None
    container_image: Dynamic[str] | None = None
    before_commands: Dynamic[list[str]] = []
    interpreter: Dynamic[list[str]] = _SHELL
    fail_fast: Dynamic[bool] = True
    env: Dynamic[dict[str, str]] = {}
    input_files: Dynamic[dict[str, str]] = {}
    output_files: Dynamic[list[str]] = []
    namespace_files: NamespaceFiles | None = None
    output_directory: Dynamic[bool] = False
    target_os: Annotated[Dynamic[str], Field(alias="targetOS")] = "AUTO"
    warning_on_std_err: Dynamic[bool] = False
    runner: RunnerKind | None = None
    docker: DockerOptions | None = None

    @abstractmethod
    def argv(self, directory: Path) -> tuple[str, ...]:
        """The command, given the working directory, into which it may write. Called on a rendered copy."""

    def packages(self) -> tuple[str, ...]:
        """Python packages that must be importable."""
        return ()

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        """Raises: TaskFailed, with the outputs so far, unless the exit code is 0."""
        try:
            task = self._rendered(context)
            task._write_files(context)
            given = set(context.directory.iterdir())
            command = task._command(context)
            made = set(context.directory.iterdir()) - given
        except OSError as error:
            raise StorageFailed(f"Cannot prepare the working directory {context.directory}: {error}") from error
        output = ScriptOutput(context)
        runner = task.task_runner or older_runner(task.runner, task.docker)
        try:
            result = context.run(command, runner, output)
        except TaskFailed as error:
            error.outputs = {"vars": output.vars} | error.outputs
            raise
        return task._outputs(context, result, output.vars, made)

    def _rendered(self, context: TaskContext) -> "ScriptTask":
        directory = context.directory
        variables: dict[str, Any] = {"workingDir": str(directory)}
        if self.output_directory:
            folder = directory / _OUTPUT_FOLDER
            folder.mkdir(exist_ok=True)
            variables["outputDir"] = str(folder)
        task = self._render(context, variables, frozenset({"output_files"}))
        variables["outputFiles"] = exact_places(directory, task.output_files or ())
        return task._render(context, variables, self.unrendered - {"output_files"})

    def _render(self, context: TaskContext, variables: Mapping[str, Any], names: frozenset[str]) -> "ScriptTask":
        def render(value: Any, *, typed: bool) -> Any:
            return context.render(value, typed=typed, variables=variables)

        return render_properties(self, render, skip=frozenset(type(self).model_fields) - names)

    def _write_files(self, context: TaskContext) -> None:
        if self.namespace_files is not None and self.namespace_files.enabled:
            write_namespace_files(context, self.namespace_files)
        write_input_files(context, self.input_files or {})

    def _command(self, context: TaskContext) -> Command:
        directory = context.directory
        task = self.model_copy(
            update={
                name: _localised(context, getattr(self, name))
                for name in ("script", "commands", "before_commands")
                if name in type(self).model_fields
            }
        )
        before = tuple(task.before_commands or ())
        own = {"WORKING_DIR": str(directory)}
        if self.output_directory:
            own["OUTPUT_DIR"] = str(directory / _OUTPUT_FOLDER)
        return Command(
            argv=task.argv(directory),
            directory=directory,
            env=own | (self.env or {}),
            outputs=(*(self.output_files or ()), *([f"{_OUTPUT_FOLDER}/**"] if self.output_directory else ())),
            image=self.container_image or self.image,
            language=self.language,
            dependencies=self.packages(),
            needs_pip=bool(before) if self.language == "python" else any("pip" in line for line in before),
            setup=before,
            labels=_labels(context),
        )

    @property
    def prepares(self) -> bool:
        """True when code cannot simply be run: something runs before it, or the interpreter is the user's own."""
        return bool(self.before_commands) or (self.interpreter or _SHELL) != _SHELL

    def shell(self, directory: Path, lines: Sequence[str]) -> tuple[str, ...]:
        """The arguments that run `beforeCommands` and these lines in the interpreter."""
        every = [*(self.before_commands or ()), *lines]
        return shell_argv(self.interpreter or _SHELL, every, directory / COPIES, fail_fast=bool(self.fail_fast))

    def _outputs(
        self, context: TaskContext, result: RunResult, variables: Mapping[str, Any], made: set[Path]
    ) -> Mapping[str, Any]:
        directory = context.directory
        _record_usage(context, result)
        files = save_outputs(context, directory, self.output_files or (), made)
        if self.output_directory:
            files |= save_outputs(context, directory / _OUTPUT_FOLDER, ("**",), ())
        outputs = {
            "vars": dict(variables),
            "exitCode": result.exit_code,
            "outputFiles": files,
            "taskRunner": dict(result.outputs),
        }
        if result.exit_code:
            hint = _HINTS.get(result.exit_code)
            raise TaskFailed(f"Command failed with exit code {result.exit_code}{f' ({hint})' if hint else ''}", outputs)
        return outputs


def _localised(context: TaskContext, code: Any) -> Any:
    return localise(context, code) if isinstance(code, str) else [localise(context, line) for line in code or ()]


def _labels(context: TaskContext) -> dict[str, str]:
    who = context.identity
    return {
        "celeriac.namespace": who.namespace,
        "celeriac.flow": who.flow_id,
        "celeriac.task": who.task_id,
        "celeriac.execution": who.execution_id,
        "celeriac.task-run": who.task_run_id,
        "celeriac.attempt": str(who.attempt),
    }


def _record_usage(context: TaskContext, result: RunResult) -> None:
    if result.cpu_s is not None:
        context.counter("cpu.seconds", result.cpu_s)
    if result.peak_memory_bytes is not None:
        context.gauge("memory.peak.bytes", float(result.peak_memory_bytes))
