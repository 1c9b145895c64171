"""The command ends before its flow, by kill -9, Ctrl-C or SIGTERM: nothing of it is left."""

import signal
import sqlite3
import time
from contextlib import suppress

import psutil
import pytest

from e2e.ticking import DOCKER, PROCESS
from real_command import Command, Running, wait_until

ENDED_WITHIN_S = 10
HELLO = """
id: hello
namespace: company.team
tasks:
  - {id: hello, type: io.kestra.plugin.core.log.Log, message: hello}
"""

LONG = """
id: long
namespace: company.team
tasks:
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    tasks:"""


def long_flow(*runners: str, script: str = "sleep 300") -> str:
    """Scripts side by side that do not come to an end."""
    return LONG + "".join(
        f"""
      - id: t{number}
        type: io.kestra.plugin.scripts.shell.Script
        containerImage: ubuntu
        taskRunner: {{type: {runner}}}
        script: |
          echo $$ > {{{{ workingDir }}}}/begun
          {script}"""
        for number, runner in enumerate(runners)
    )


def start(command: Command, *runners: str, script: str = "sleep 300", argv: tuple[str, ...] = ()) -> Running:
    """Starts a long flow and waits until all of its scripts run."""
    command.write("flow.yaml", long_flow(*runners, script=script))
    running = command.start("run", "flow.yaml", *argv)
    if PROCESS in runners:
        wait_until(lambda: list((command.home / "tmp").rglob("begun")), "the script")
    if DOCKER in runners:
        wait_until(lambda: command.containers("running"), "the container")
    return running


def states(command: Command) -> list[str]:
    """The states of all executions of the folder, in their order."""
    with sqlite3.connect(command.home / "celeriac.db") as connection:
        return [row[0] for row in connection.execute("SELECT state FROM execution ORDER BY created_us")]


def temporary(command: Command) -> list[str]:
    return [str(path) for path in (command.home / "tmp").iterdir()]


def test_kill_9_of_the_command_ends_all_of_its_processes(command: Command) -> None:
    start(command, PROCESS).kill()
    wait_until(lambda: not command.processes(), "the end of all processes", ENDED_WITHIN_S)

    assert temporary(command) == []


def test_after_kill_9_the_next_run_tells_that_it_marked_the_old_one_killed(command: Command) -> None:
    command.write("hello.yaml", HELLO)
    start(command, PROCESS).kill()
    result = command.run("run", "hello.yaml")

    assert (result.code, result.err.count("now KILLED")) == (0, 1)
    assert states(command) == ["KILLED", "SUCCESS"]
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_kill_9_of_the_command_ends_its_containers(command: Command) -> None:
    start(command, DOCKER).kill()
    wait_until(lambda: not command.processes() and not command.containers(), "the end of all", ENDED_WITHIN_S)

    assert temporary(command) == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_containers_of_a_run_that_was_killed_as_a_whole_are_removed_by_the_next(command: Command) -> None:
    command.write("hello.yaml", HELLO)
    running = start(command, DOCKER)
    for process in command.processes():
        with suppress(psutil.Error):
            process.kill()
    running.kill()
    result = command.run("run", "hello.yaml")

    assert (result.code, states(command)) == (0, ["KILLED", "SUCCESS"])
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_ctrl_c_ends_containers(command: Command) -> None:
    running = start(command, DOCKER)
    running.signal(signal.SIGINT)
    result = running.result(30)

    assert (result.code, states(command)) == (130, ["KILLED"])
    assert command.leftovers() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_kills_the_execution_and_still_prints_one_document(command: Command, number: signal.Signals) -> None:
    running = start(command, PROCESS, PROCESS, argv=("-o", "json"))
    running.signal(number)
    result = running.result(30)

    assert (result.code, result.state) == (130, "KILLED")
    assert [result.attempts_of(task_id) for task_id in ("t0", "t1")] == [["KILLED"], ["KILLED"]]
    assert command.leftovers() == []


def test_a_second_ctrl_c_ends_all_at_once(command: Command) -> None:
    running = start(command, PROCESS, script="trap '' TERM; while :; do sleep 0.1; done")
    running.signal(signal.SIGINT)
    time.sleep(0.3)
    running.signal(signal.SIGINT)
    result = running.result(10)

    assert (result.code, states(command)) == (130, ["KILLED"])
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_a_second_ctrl_c_removes_containers_too(command: Command) -> None:
    running = start(command, DOCKER)
    running.signal(signal.SIGINT)
    time.sleep(0.3)
    running.signal(signal.SIGINT)
    result = running.result(20)

    assert (result.code, states(command)) == (130, ["KILLED"])
    assert command.leftovers() == []


def test_five_runs_at_once_in_one_folder_all_end_well(command: Command) -> None:
    command.write("hello.yaml", HELLO)
    at_once = [command.start("run", "hello.yaml") for _ in range(5)]

    assert [running.result().code for running in at_once] == [0] * 5
    assert states(command) == ["SUCCESS"] * 5
    assert command.leftovers() == []
