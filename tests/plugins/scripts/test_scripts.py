from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.errors import RunnerFailed, TaskFailed

Script = Callable[..., dict[str, Any]]


def test_outputs_of_a_silent_script_are_complete(script: Script) -> None:
    outputs = script("shell.Commands", commands=["true"])

    assert outputs == {"vars": {}, "exitCode": 0, "outputFiles": {}, "taskRunner": {}}


def test_stdout_is_logged_as_info_and_stderr_as_error(script: Script, context: Any) -> None:
    script("shell.Script", script="echo out\necho err >&2")

    assert sorted(context.logger.lines) == [("ERROR", "err"), ("INFO", "out")]


def test_code_is_rendered(script: Script, context: Any) -> None:
    context.variables = {"inputs": {"columns": ["a", "b"]}}

    script("python.Script", script="print([c for c in {{ inputs.columns }}])")

    assert context.logger.messages == ["['a', 'b']"]


def test_python_code_talks_through_kestra(script: Script, context: Any) -> None:
    code = """
from kestra import Kestra
Kestra.outputs({"total": 1.5, "none": None})
Kestra.outputs({"more": [1, {"a": "é"}]})
Kestra.counter("rows", 2)
Kestra.counter("rows", 3, {"table": "t"})
Kestra.timer("took", 0.25)
Kestra.gauge("level", 7)
Kestra.logger().warning("careful")
"""
    outputs = script("python.Script", script=code)

    assert outputs["vars"] == {"total": 1.5, "none": None, "more": [1, {"a": "é"}]}
    assert {name: context.metrics[name] for name in ("rows", "took", "level")} == {"rows": 5, "took": 0.25, "level": 7}
    assert context.logger.lines == [("WARN", "careful")]


def test_processor_time_and_memory_are_metrics(script: Script, context: Any) -> None:
    script("python.Script", script="sum(range(1000000))")

    assert context.metrics["cpu.seconds"] > 0
    assert context.metrics["memory.peak.bytes"] > 1_000_000


def test_node_code_is_a_file_that_node_runs(script: Script, context: Any, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text('#!/bin/sh\necho "node ${1##*/}"; cat "$1"\n')
    node.chmod(0o755)

    script("node.Script", env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, script="console.log(1)")

    assert context.logger.messages == ["node script.js", "console.log(1)"]


def test_the_first_failing_command_ends_the_script(script: Script, context: Any) -> None:
    with pytest.raises(TaskFailed, match="exit code 1"):
        script("shell.Commands", commands=["false", "echo not reached"])

    assert context.logger.messages == []


def test_without_fail_fast_only_the_last_exit_code_counts(script: Script, context: Any) -> None:
    script("shell.Commands", commands=["false", "echo reached"], failFast=False)

    assert context.logger.messages == ["reached"]


def test_a_failed_script_keeps_the_outputs_it_had(script: Script, context: Any) -> None:
    with pytest.raises(TaskFailed, match="Command failed with exit code 3") as caught:
        script(
            "shell.Commands",
            commands=["""echo '::{"outputs": {"a": 1}}::'""", "echo data > out.txt", "exit 3"],
            outputFiles=["*.txt"],
        )

    outputs = caught.value.outputs
    assert (outputs["vars"], outputs["exitCode"]) == ({"a": 1}, 3)
    assert context.files.text(outputs["outputFiles"]["out.txt"]) == "data\n"


def test_a_command_that_is_not_found_has_its_remedy_named(script: Script, context: Any) -> None:
    with pytest.raises(TaskFailed, match=r"127.*not found.*containerImage"):
        script("shell.Commands", commands=["nosuchcommand"])

    assert "nosuchcommand" in context.logger.messages[0]


def test_when_the_runner_fails_the_outputs_so_far_are_kept(script: Script, context: Any) -> None:
    def breaks(command: Any, on_line: Any) -> Any:
        on_line("stdout", b'::{"outputs": {"a": 1}}::')
        raise RunnerFailed("gone")

    context.runs = breaks

    with pytest.raises(RunnerFailed) as caught:
        script("shell.Commands", commands=["true"])
    assert caught.value.outputs == {"vars": {"a": 1}}


def test_before_commands_run_in_the_same_shell(script: Script, context: Any) -> None:
    script("shell.Commands", beforeCommands=["WHO=me", "mkdir d", "cd d"], commands=["echo $WHO $(basename $PWD)"])

    assert context.logger.messages == ["me d"]


def test_the_interpreter_can_be_chosen(script: Script, context: Any) -> None:
    script("shell.Commands", interpreter=["/bin/bash", "-c"], commands=["echo ${BASH_VERSION:+bash}"])

    assert context.logger.messages == ["bash"]


def test_variables_of_the_environment_are_rendered(script: Script, context: Any) -> None:
    script("shell.Commands", env={"NAME": "{{ flow.id }}", "N": 3}, commands=["echo $NAME $N"])

    assert context.logger.messages == ["flow 3"]


def test_the_working_directory_is_a_variable_in_both_worlds(script: Script, context: Any) -> None:
    script("shell.Commands", commands=["echo {{ workingDir }} $WORKING_DIR $PWD"])

    assert context.logger.messages == [" ".join([str(context.directory)] * 3)]


def test_code_longer_than_an_argument_may_be_runs(script: Script, context: Any) -> None:
    script("shell.Script", script="# " + "x" * 300_000 + "\necho done")

    assert context.logger.messages == ["done"]


def test_shell_code_may_hold_every_kind_of_quote(script: Script, context: Any) -> None:
    script("shell.Commands", commands=["""echo "a 'b'" 'c "d"' `echo e`"""])

    assert context.logger.messages == ["""a 'b' c "d" e"""]


def test_python_sees_the_modules_beside_it(script: Script, context: Any) -> None:
    script(
        "python.Script",
        inputFiles={"mine.py": "answer = 42", "script.py": "no = 1"},
        script="import mine; print(mine.answer)",
    )

    assert context.logger.messages == ["42"]


@pytest.mark.parametrize(
    ("kind", "properties", "image"),
    [
        ("python.Script", {"script": "pass"}, "python:3.13-slim"),
        ("python.Commands", {"commands": ["true"]}, "python:3.13-slim"),
        ("shell.Script", {"script": "true"}, "ubuntu"),
        ("node.Commands", {"commands": ["true"]}, "node"),
        ("shell.Commands", {"commands": ["true"], "containerImage": "{{ 'alp' ~ 'ine' }}"}, "alpine"),
    ],
)
def test_each_language_has_its_image(
    script: Script, context: Any, kind: str, properties: dict[str, Any], image: str
) -> None:
    script(kind, **properties)

    assert context.commands[0].image == image


def test_a_task_runner_is_handed_over_rendered(script: Script, context: Any) -> None:
    runner = {
        "type": "io.kestra.plugin.scripts.runner.docker.Docker",
        "memory": {"memory": "{{ 256 }}MB"},
        "pullPolicy": "{{ 'NEVER' }}",
    }
    script("shell.Commands", commands=["true"], taskRunner=runner)

    given = context.runners[0]
    assert (given.name, given.memory.memory, given.pull_policy) == ("docker", "256MB", "NEVER")


@pytest.mark.parametrize(
    ("properties", "name", "image"),
    [
        ({}, None, None),
        ({"runner": "PROCESS"}, "process", None),
        ({"runner": "DOCKER"}, "docker", None),
        ({"docker": {"image": "mine:1", "pullPolicy": "ALWAYS"}}, "docker", "mine:1"),
    ],
)
def test_task_runners_of_old_flows_are_understood(
    script: Script, context: Any, properties: dict[str, Any], name: str | None, image: str | None
) -> None:
    script("shell.Commands", commands=["true"], **properties)

    runner = context.runners[0]
    assert (getattr(runner, "name", None), getattr(runner, "image", None)) == (name, image)


def test_dependencies_and_lines_that_install_are_told_to_the_runner(script: Script, context: Any) -> None:
    context.runs = lambda command, on_line: __import__("celeriac.core.runner").core.runner.RunResult(0)

    script("python.Script", script="pass", dependencies=["{{ 'pandas' }}"], beforeCommands=["pip install six"])

    command = context.commands[0]
    assert (command.dependencies, command.needs_pip, command.setup) == (("pandas",), True, ("pip install six",))


def test_shell_lines_that_install_nothing_need_no_pip(script: Script, context: Any) -> None:
    script("shell.Commands", beforeCommands=["mkdir x"], commands=["true"])

    assert not context.commands[0].needs_pip


def test_containers_get_labels_that_name_the_attempt(script: Script, context: Any) -> None:
    script("shell.Commands", commands=["true"])

    assert context.commands[0].labels["celeriac.task-run"] == "run1"
