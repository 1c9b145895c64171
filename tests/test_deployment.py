"""The compose file says what it promises: a container a role, healthy, on this machine only, with a first user."""

import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

from celeriac.cli.roles import existing_roles
from celeriac.settings import Settings

ROOT = Path(__file__).parents[1]
SOCKET = "/var/run/docker.sock"
ADMIN = {"CELERIAC_ADMIN_EMAIL": "ada@example.com", "CELERIAC_ADMIN_PASSWORD": "correct horse"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """{name: service} of the compose file, its variables not replaced."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])


def _compose(environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """`docker compose config`, by whichever of the two commands is there."""
    if which("docker-compose"):
        command = ["docker-compose"]
    else:
        command = ["docker", "compose"]
        if not which("docker") or subprocess.run([*command, "version"], capture_output=True).returncode:
            if os.environ.get("CELERIAC_TEST_ALL"):
                pytest.fail("there is no docker-compose")
            pytest.skip("there is no docker-compose")
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CELERIAC_")}
    return subprocess.run(
        [*command, "config"], cwd=ROOT, env=kept | environ, capture_output=True, text=True, timeout=60
    )


def test_every_role_has_a_container_of_its_own(services: dict[str, Any]) -> None:
    roles = {name: service for name, service in services.items() if name not in ("postgres", "valkey")}

    assert set(roles) == set(existing_roles())
    assert all(f"celeriac {name}" in " ".join(service["command"]) for name, service in roles.items())


def test_every_container_has_a_health_check_and_is_restarted(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if not service.get("healthcheck")] == []
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}


def test_only_this_machine_reaches_what_is_published(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", ())]

    assert ports == ["127.0.0.1:${CELERIAC_PORT:-8080}:8080"]


def test_only_the_worker_gets_the_socket_of_docker(services: dict[str, Any]) -> None:
    given = [name for name, service in services.items() if any(SOCKET in text for text in service["volumes"])]

    assert given == ["worker"]


def test_all_roles_share_home_and_settings(services: dict[str, Any]) -> None:
    for role in existing_roles():
        settings = Settings.from_environ(services[role]["environment"] | {"CELERIAC_SECRET_KEY": ""})

        assert "celeriac:/var/lib/celeriac" in services[role]["volumes"]
        assert settings.storage_url == "file:///var/lib/celeriac/storage"
        assert settings.database_url.startswith("postgresql://")


def test_compose_takes_the_file() -> None:
    done = _compose(ADMIN)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", sorted(ADMIN))
def test_compose_asks_for_the_first_administrator(missing: str) -> None:
    done = _compose({name: text for name, text in ADMIN.items() if name != missing})

    assert done.returncode != 0
    assert "of the first administrator in .env" in done.stderr
