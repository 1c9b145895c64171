"""One role alone: what it needs and is not there is told in one sentence."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from celeriac.cli.address import free_port
from celeriac.cli.main import cli
from celeriac.cli.roles import ROLES, existing_roles
from real_command import Command


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    running = Command(tmp_path)
    yield running
    running.close()


def test_every_role_exists_and_is_a_command_with_help() -> None:
    assert existing_roles() == tuple(ROLES)
    for role, text in ROLES.items():
        assert text in CliRunner().invoke(cli, [role, "--help"]).output


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_role_without_a_broker_tells_what_to_set(command: Command, role: str) -> None:
    command.environ["CELERIAC_WEB_PORT"] = str(free_port())
    result = command.run(role)

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("celeriac: CELERIAC_BROKER_URL is not set: a role that runs alone needs it")


def test_a_setting_that_cannot_be_is_told(command: Command) -> None:
    command.environ["CELERIAC_BROKER_URL"] = "valkey.example.com"
    result = command.run("worker")
    del command.environ["CELERIAC_BROKER_URL"]

    assert (result.code, "CELERIAC_BROKER_URL: must be a URL" in result.err) == (2, True)


def test_a_web_alone_whose_port_is_taken_tells_it(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command.environ["CELERIAC_WEB_PORT"] = str(taken.getsockname()[1])
        result = command.run("web")

    assert (result.code, "choose another port with --port or CELERIAC_WEB_PORT" in result.err) == (2, True)


def test_a_web_alone_is_not_open_to_everybody(command: Command, valkey_url: str) -> None:
    command.environ |= {
        "CELERIAC_BROKER_URL": valkey_url,
        "CELERIAC_WEB_HOST": "0.0.0.0",
        "CELERIAC_WEB_PORT": str(free_port()),
    }
    result = command.run("web")

    assert (result.code, "set CELERIAC_ADMIN_EMAIL and CELERIAC_ADMIN_PASSWORD" in result.err) == (1, True)


def test_a_flower_alone_without_an_address_tells_what_to_set(command: Command, valkey_url: str) -> None:
    command.environ["CELERIAC_BROKER_URL"] = valkey_url
    result = command.run("flower")

    assert (result.code, "CELERIAC_FLOWER_URL" in result.err) == (1, True)
