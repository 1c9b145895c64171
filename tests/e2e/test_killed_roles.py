"""kill -9 or TERM of a role while scripts run: the work goes on, and no script ever runs twice at once."""

import time
from dataclasses import dataclass
from datetime import datetime

import pytest

from e2e.ticking import DOCKER, PROCESS, TICKS, Copy, Trace, copies, ticking_flow
from real_command import Command, Result, wait_until

TASKS = 3
UNDISTURBED_S = TASKS * 2.3
AGAIN_WITHIN_S = 15
LATER_AT_MOST_S = 20


@dataclass(frozen=True)
class Aftermath:
    """How the command ended whose role was killed while the second script ran. killed_at: as `time.time`."""

    result: Result
    killed_at: float
    copies: list[Copy]

    @property
    def duration_s(self) -> float:
        histories = self.result.document["state"]["histories"]
        first, last = (datetime.fromisoformat(histories[at]["date"]) for at in (0, -1))
        return (last - first).total_seconds()

    @property
    def attempts(self) -> list[list[str]]:
        return [self.result.attempts_of(f"s{i}") for i in range(TASKS)]

    @property
    def ran(self) -> list[tuple[str, bool]]:
        """[(task id, the script came to its end)] of each process."""
        return [(copy.task_id, copy.ticks == TICKS) for copy in self.copies]


def after_kill(command: Command, title: str) -> Aftermath:
    trace = Trace(command.folder / "trace")
    command.write("flow.yaml", ticking_flow(TASKS, target=str(trace.path)))
    running = command.start("run", "flow.yaml", "-o", "json")
    wait_until(lambda: trace.ticks("s1") > 4, "the second script")
    killed_at = time.time()
    running.role(title).kill()
    return Aftermath(running.result(), killed_at, trace.copies())


def test_the_work_of_a_killed_worker_is_lost_and_done_again(command: Command) -> None:
    after = after_kill(command, "celeriac: worker")
    again = next(copy for copy in after.copies if copy.first > after.killed_at)

    assert (after.result.code, after.result.state) == (0, "SUCCESS")
    assert after.attempts == [["SUCCESS"], ["LOST", "SUCCESS"], ["SUCCESS"]]
    assert after.ran == [("s0", True), ("s1", False), ("s1", True), ("s2", True)]
    assert again.first - after.killed_at < AGAIN_WITHIN_S
    assert after.duration_s < UNDISTURBED_S + LATER_AT_MOST_S
    assert command.leftovers() == []


@pytest.mark.parametrize("title", ["celeriac: orchestrator", "valkey-server"])
def test_scripts_run_on_while_another_role_is_killed(command: Command, title: str) -> None:
    after = after_kill(command, title)

    assert (after.result.code, after.result.state) == (0, "SUCCESS")
    assert after.attempts == [["SUCCESS"]] * TASKS
    assert after.ran == [("s0", True), ("s1", True), ("s2", True)]
    assert after.duration_s < UNDISTURBED_S + LATER_AT_MOST_S
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_the_container_of_a_killed_worker_is_taken_over(command: Command) -> None:
    after = after_kill_beside_container(command, "running")

    assert (after.result.code, after.result.state) == (0, "SUCCESS")
    assert after.attempts == [["SUCCESS"]] * TASKS
    assert after.ran == [("s0", True), ("s1", True), ("s2", True)]
    assert after.duration_s < UNDISTURBED_S + LATER_AT_MOST_S
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_a_container_that_a_killed_worker_has_not_started_is_removed_or_used(command: Command) -> None:
    after = after_kill_beside_container(command, None)

    assert (after.result.code, after.result.state) == (0, "SUCCESS")
    assert after.ran == [("s0", True), ("s1", True), ("s2", True)]
    assert command.leftovers() == []


def after_kill_beside_container(command: Command, status: str | None) -> Aftermath:
    """Kills the worker as soon as there is a container in the status."""
    command.write("flow.yaml", ticking_flow(TASKS, DOCKER))
    running = command.start("run", "flow.yaml", "-o", "json")
    wait_until(lambda: command.containers(status), f"a container, {status}")
    killed_at = time.time()
    running.role("celeriac: worker").kill()
    result = running.result()
    return Aftermath(result, killed_at, copies(result.messages("INFO")))


def after_term(command: Command, runner: str, ticks: int) -> Result:
    """Tells the worker to end while the only script runs, which takes a tenth of a second a tick."""
    trace = Trace(command.folder / "trace")
    target = str(trace.path) if runner == PROCESS else ""
    command.write("flow.yaml", ticking_flow(1, runner, target, ticks))
    running = command.start("run", "flow.yaml", "-o", "json")
    wait_until(lambda: trace.ticks("s0") or command.containers("running"), "the script")
    running.role("celeriac: worker").terminate()
    return running.result()


def test_a_worker_that_is_told_to_end_waits_for_short_scripts(command: Command) -> None:
    result = after_term(command, PROCESS, 15)

    assert (result.code, result.attempts_of("s0")) == (0, ["SUCCESS"])
    assert command.leftovers() == []


def test_a_long_script_is_ended_with_its_worker_and_done_again(command: Command) -> None:
    result = after_term(command, PROCESS, 50)
    ran = [copy.ticks for copy in Trace(command.folder / "trace").copies()]

    assert (result.code, result.attempts_of("s0")) == (0, ["LOST", "SUCCESS"])
    assert (len(ran), ran[0] < 50, ran[1]) == (2, True, 50)
    assert command.leftovers() == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker_engine")
def test_a_worker_that_is_told_to_end_leaves_its_container_to_the_next(command: Command) -> None:
    result = after_term(command, DOCKER, 50)
    ran = [copy.ticks for copy in copies(result.messages("INFO"))]

    assert (result.code, result.attempts_of("s0"), ran) == (0, ["SUCCESS"], [50])
    assert command.leftovers() == []
