"""The image of the Dockerfile: built here, it is a server that is healthy, and refuses to be open to everybody."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from real_command import wait_until

ROOT = Path(__file__).parents[2]
BASE, IMAGE = "celeriac-tests-base", "celeriac-tests-image"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
BUILT_WITHIN_S = 600
READY_WITHIN_S = 90
ADMIN = ("-e", "CELERIAC_ADMIN_EMAIL=ada@example.com", "-e", "CELERIAC_ADMIN_PASSWORD=correct horse")
BASE_FILE = """
FROM python:3.11-slim
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV {variables}
"""
"""Trusts whom this machine trusts, and asks the package index that it asks."""

pytestmark = [pytest.mark.docker, pytest.mark.timeout(BUILT_WITHIN_S + 300), pytest.mark.usefixtures("docker_engine")]


def _docker(*argv: str, within_s: float = 60, check: bool = True) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "DOCKER_BUILDKIT": "0"}
    done = subprocess.run(["docker", *argv], capture_output=True, text=True, timeout=within_s, env=environ)
    assert not check or done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("base")
    shutil.copy(CERTIFICATES, folder / CERTIFICATES.name)
    kept = {name: text for name, text in os.environ.items() if name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")}
    kept |= dict.fromkeys(("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"), str(CERTIFICATES))
    variables = " ".join(f'{name}="{text}"' for name, text in kept.items())
    (folder / "Dockerfile").write_text(BASE_FILE.format(variables=variables))
    _docker("build", "--quiet", "--tag", BASE, str(folder))
    argv = ("build", "--network", "host", "--build-arg", f"BASE={BASE}", "--tag", IMAGE, str(ROOT))
    _docker(*argv, within_s=BUILT_WITHIN_S)
    return IMAGE


@pytest.fixture
def container(image: str) -> Iterator[str]:
    """A server in a container, not yet ready."""
    name = _docker("run", "--detach", *ADMIN, image).stdout.strip()
    yield name
    _docker("rm", "--force", "--volumes", name)


def _inspect(name: str) -> dict[str, object]:
    return dict(json.loads(_docker("inspect", name).stdout)[0])


def _ask(container: str, path: str) -> str:
    """What the web answers inside of the container."""
    code = f"from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8080{path}').read().decode())"
    return _docker("exec", container, "python", "-c", code, check=False).stdout


def test_without_a_first_administrator_it_refuses_to_be_open(image: str) -> None:
    done = _docker("run", "--rm", image, check=False)

    assert done.returncode == 2
    assert "set CELERIAC_ADMIN_EMAIL and CELERIAC_ADMIN_PASSWORD" in done.stderr


def test_it_runs_as_a_user_without_rights(image: str) -> None:
    assert _docker("run", "--rm", image, "id", "-un").stdout == "celeriac\n"


def test_it_has_the_dashboard_and_no_node(image: str) -> None:
    code = "import celeriac.web as w, pathlib as p; print((p.Path(w.__file__).parent / 'static/dist/.vite').exists())"

    assert _docker("run", "--rm", image, "python", "-c", code).stdout == "True\n"
    assert _docker("run", "--rm", image, "sh", "-c", "command -v node npm", check=False).stdout == ""


def test_a_container_becomes_ready_and_healthy(container: str) -> None:
    wait_until(lambda: "ready" in _ask(container, "/readyz"), "the web", READY_WITHIN_S)
    wait_until(lambda: _health(container) == "healthy", "a healthy container", READY_WITHIN_S)


def test_a_container_that_is_stopped_ends_in_order(container: str) -> None:
    wait_until(lambda: "ready" in _ask(container, "/readyz"), "the web", READY_WITHIN_S)
    began = time.monotonic()
    _docker("stop", "--time", "25", container)

    assert time.monotonic() - began < 25
    assert _inspect(container)["State"]["ExitCode"] == 0  # type: ignore[index] # of a document


def _health(container: str) -> str:
    return str(_inspect(container)["State"]["Health"]["Status"])  # type: ignore[index] # of a document
