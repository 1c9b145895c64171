import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from celeriac_workers.runners.engine import Engine, NoEngine, find_engine

Listen = Callable[[Path], str]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Makes an engine that answers pings on a socket; returns its address."""
    servers = []

    def serve(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                peer, _ = server.accept()
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
                peer.close()

    def go(path: Path) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
        server.listen()
        servers.append(server)
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        return f"unix://{path}"

    yield go
    for server in servers:
        server.close()


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "XDG_RUNTIME_DIR": str(tmp_path / "run")}


def write_context(home: dict[str, str], name: str, host: str) -> None:
    folder = Path(home["HOME"]) / ".docker"
    meta = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    (folder / "config.json").write_text(json.dumps({"currentContext": name}))


def test_docker_host_names_the_engine(listen: Listen, home: dict[str, str], tmp_path: Path) -> None:
    host = listen(tmp_path / "a.sock")

    assert find_engine(home | {"DOCKER_HOST": host}) == Engine(host, "DOCKER_HOST")


def test_the_property_of_a_task_runner_wins(listen: Listen, home: dict[str, str], tmp_path: Path) -> None:
    host = listen(tmp_path / "a.sock")

    found = find_engine(home | {"DOCKER_HOST": "unix:///nowhere"}, host)

    assert isinstance(found, Engine)
    assert found.host == host


def test_the_current_context_names_the_engine(listen: Listen, home: dict[str, str], tmp_path: Path) -> None:
    host = listen(tmp_path / "a.sock")
    write_context(home, "mine", host)

    assert find_engine(home) == Engine(host, "Docker context `mine`")


def test_a_rootless_socket_is_found(
    listen: Listen, home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = listen(tmp_path / "run" / "docker.sock")

    found = find_engine(home)

    assert isinstance(found, Engine)
    assert found.host in (host, "unix:///var/run/docker.sock")


def test_a_docker_host_that_is_not_there_is_named(home: dict[str, str]) -> None:
    assert find_engine(home | {"DOCKER_HOST": "unix:///nowhere/x.sock"}) == NoEngine(
        "No container engine answers. unix:///nowhere/x.sock (DOCKER_HOST): there is no such socket"
    )


def test_a_socket_without_an_engine_says_how_to_start_it(home: dict[str, str], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "dead.sock"))

    found = find_engine(home | {"DOCKER_HOST": f"unix://{tmp_path}/dead.sock"})

    assert isinstance(found, NoEngine)
    assert "nothing listens there; start the engine" in found.reason


def test_an_address_that_cannot_be_is_named(home: dict[str, str]) -> None:
    found = find_engine(home | {"DOCKER_HOST": "carrier-pigeon://roof"})

    assert isinstance(found, NoEngine)
    assert "use unix://, tcp:// or ssh://" in found.reason


def test_a_server_that_is_no_engine_is_not_taken_for_one(home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=lambda: server.accept()[0].sendall(b"SSH-2.0-x\r\n"), daemon=True).start()

        found = find_engine(home | {"DOCKER_HOST": address})

    assert isinstance(found, NoEngine)
    assert "no answer" in found.reason


LOOK = """
import os, sys
from celeriac_workers.runners.engine import find_engine
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(find_engine({"HOME": "/", "DOCKER_HOST": sys.argv[1]}).reason)
"""


def test_a_socket_without_permission_names_its_group(listen: Listen, tmp_path: Path) -> None:
    group = next(line.split(":") for line in Path("/etc/group").read_text().splitlines() if not line.startswith("root"))
    folder = Path("/tmp") / f"celeriac-test-{os.urandom(4).hex()}"
    host = listen(folder / "x.sock")
    try:
        with suppress(PermissionError):
            os.chown(folder / "x.sock", -1, int(group[2]))
        (folder / "x.sock").chmod(0o660 if os.getuid() == 0 else 0o020)
        folder.chmod(0o755)

        reason = subprocess.check_output([sys.executable, "-c", LOOK, host], text=True)
    finally:
        (folder / "x.sock").unlink()
        folder.rmdir()

    assert "no permission: the socket belongs to the group" in reason
    assert "usermod -aG" in reason
