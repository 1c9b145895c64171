"""`celeriac server` for real: what it says, what it refuses, how it ends."""

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from celeriac.cli.address import free_port
from real_command import Command, wait_until
from real_server import ENDS_WITHIN_S, serving

FLOW = "id: hi\nnamespace: company.team\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: hi}\n"


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    running = Command(tmp_path, {"CELERIAC_RUNNER": "process"})
    yield running
    running.close()


def test_it_tells_where_everything_is_and_runs_flows(command: Command) -> None:
    with serving(command) as server:
        server.send("POST", "/flows", FLOW)
        execution_id = server.send("POST", "/executions/company.team/hi")["id"]

        wait_until(lambda: server.state_of(execution_id) == "SUCCESS", "the execution")
    assert server.table["API"] == f"{server.url}/api/v1/main"
    assert server.table["Database"] == f"sqlite:///{command.home}/celeriac.db"
    assert re.fullmatch(r"redis://:\*\*\*@127\.0\.0\.1:\d+/0 \(an embedded Valkey\)", server.table["Broker"])
    assert server.table["Home"] == str(command.home)
    assert server.table["Logging in"].startswith("nobody has to: only this machine gets in")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_and_leaves_nothing(command: Command, number: signal.Signals) -> None:
    with serving(command) as server:
        server.process.signal(number)
        result = server.process.result(ENDS_WITHIN_S)

    assert (result.code, command.processes()) == (0, [])


def test_its_roles_can_be_told_apart(command: Command) -> None:
    with serving(command, "--workers", "2") as server:
        titles = [" ".join(child.cmdline()).strip() for child in psutil.Process(server.process.pid).children()]

    for role, wanted in {"web": 1, "orchestrator": 1, "worker": 2, "listener": 1}.items():
        assert titles.count(f"celeriac: {role}") == wanted


def test_a_second_server_of_one_folder_is_told_where_the_first_one_is(command: Command) -> None:
    with serving(command) as server:
        elsewhere = command.run("server", "--port", str(free_port()))
        same = command.run("server", "--port", server.url.rpartition(":")[2])

    assert (elsewhere.code, same.code) == (1, 1)
    assert elsewhere.err == same.err == f"celeriac: a server already runs with {command.home}: {server.url}\n"


def test_a_port_that_is_taken_is_told_in_one_line(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = command.run("server", "--port", str(port))

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"celeriac: cannot listen on 127.0.0.1:{port} (Address already in use): "
        "choose another port with --port or CELERIAC_WEB_PORT\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_that_others_reach_needs_a_user(command: Command, host: str) -> None:
    result = command.run("server", "--host", host, "--port", str(free_port()))

    assert (result.code, command.processes()) == (2, [])
    assert "set CELERIAC_ADMIN_EMAIL and CELERIAC_ADMIN_PASSWORD" in result.err


def test_with_a_first_administrator_any_address_will_do(command: Command) -> None:
    command.environ |= {"CELERIAC_ADMIN_EMAIL": "ada@example.com", "CELERIAC_ADMIN_PASSWORD": "correct horse"}
    with serving(command, "--host", "0.0.0.0") as server:
        assert server.table["Logging in"] == "users do, with email and password"


def test_a_database_that_does_not_answer_is_told_by_its_variable(command: Command) -> None:
    command.environ["CELERIAC_DATABASE_URL"] = f"postgresql://me:hidden@127.0.0.1:{free_port()}/celeriac"
    result = command.run("server", "--port", str(free_port()))

    assert (result.code, command.processes()) == (2, [])
    assert re.fullmatch(r"celeriac: CELERIAC_DATABASE_URL: nothing answers at .*\n", result.err)


def test_the_examples_are_registered_once_and_then_the_users_own(command: Command) -> None:
    changed = (
        "id: hello\nnamespace: tutorial\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: mine}\n"
    )
    with serving(command) as server:
        first = {flow["id"] for flow in server.get("/flows/tutorial")}
        server.send("DELETE", "/flows/tutorial/break-me")
        server.send("PUT", "/flows/tutorial/hello", changed)
    with serving(command) as server:
        second = {flow["id"] for flow in server.get("/flows/tutorial")}
        hello = server.get("/flows/tutorial/hello?source=true")

    assert (first - second, second - first, hello["source"]) == ({"break-me"}, set(), changed)


def test_examples_can_be_declined(command: Command) -> None:
    with serving(command, "--no-examples") as server:
        assert server.get("/flows/tutorial") == []


def test_a_run_beside_it_works_on_its_database(command: Command) -> None:
    with serving(command) as server:
        result = command.run_flow(FLOW)

        assert (result.code, server.state_of(result.document["id"])) == (0, "SUCCESS")


def test_every_role_but_worker_shows_that_it_lives(command: Command) -> None:
    with serving(command, "--watch", ".") as server:
        wait_until(lambda: {"web", "orchestrator", "listener", "watcher"} <= set(server.living()), "signs of life")


def test_a_watched_folder_is_deployed_on_save_and_problems_are_shown(command: Command) -> None:
    path = command.write("flows/hi.yaml", FLOW)
    with serving(command, "--watch", "flows") as server:
        wait_until(lambda: "watching flows: 1 flows" in server.errors.read_text(), "the first look")
        path.write_text(FLOW.replace("message: hi", "message: hi, colour: blue"))
        wait_until(lambda: "flows/hi.yaml:4:" in server.errors.read_text(), "the problem")
        wait_until(lambda: server.living()["watcher"]["problems"], "the problem for the dashboard")

        assert server.get("/flows/company.team/hi")["revision"] == 1
        path.write_text(FLOW.replace("message: hi", "message: again"))
        wait_until(lambda: server.get("/flows/company.team/hi")["revision"] == 2, "the next revision")
