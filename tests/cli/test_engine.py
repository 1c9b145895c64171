"""Looking for a Docker engine without its client library."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from celeriac.cli.engine import find_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[str]:
    """A socket that answers every request as an engine does."""
    path = tmp_path / "docker.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    thread = threading.Thread(target=_answer, args=(server,), daemon=True)
    thread.start()
    yield f"unix://{path}"
    server.close()


def _answer(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nOK")


def test_the_engine_of_docker_host_is_found(engine: str) -> None:
    assert find_engine({"DOCKER_HOST": engine}).url == engine


def test_the_engine_of_the_current_docker_context_is_found(engine: str, tmp_path: Path) -> None:
    meta = tmp_path / ".docker" / "contexts" / "meta" / hashlib.sha256(b"mine").hexdigest()
    meta.mkdir(parents=True)
    (tmp_path / ".docker" / "config.json").write_text('{"currentContext": "mine"}')
    (meta / "meta.json").write_text(json.dumps({"Name": "mine", "Endpoints": {"docker": {"Host": engine}}}))

    assert find_engine({"HOME": str(tmp_path)}).url == engine


def test_a_named_engine_that_is_away_is_told_and_no_other_one_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    check = find_engine({"DOCKER_HOST": f"tcp://127.0.0.1:{port}"})

    assert check.url is None
    assert "does not answer" in check.reason


def test_a_socket_that_is_no_engine_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    path.touch()

    assert find_engine({"DOCKER_HOST": f"unix://{path}"}).url is None


def test_an_engine_that_needs_ssh_is_taken_for_present() -> None:
    assert find_engine({"DOCKER_HOST": "ssh://me@host"}).url == "ssh://me@host"
