"""An attempt that remembers, task runners with a cache of their own, and the Docker engine if there is one."""

import os
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import docker
import pytest

from celeriac.core.dynamic import render_properties
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.docker import DockerRunner
from celeriac_workers.runners.docker_client import connect
from celeriac_workers.runners.engine import Engine, NoEngine, find_engine
from celeriac_workers.runners.process import ProcessRunner
from celeriac_workers.runners.settings import RunnerSettings


class RecordingAttempt:
    """Keeps all that a runner tells it; `stop` is the answer to the question whether to stop."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bytes]] = []
        self.notices: list[tuple[str, str]] = []
        self.handles: list[Mapping[str, Any]] = []
        self.stop: str | None = None
        self.stop_at_line: dict[bytes, str] = {}
        self.begun = threading.Event()

    def line(self, stream: str, data: bytes) -> None:
        self.lines.append((stream, data))
        self.stop = self.stop_at_line.get(data, self.stop)

    def notice(self, level: str, message: str) -> None:
        self.notices.append((level, message))

    def started(self, handle: Mapping[str, Any]) -> None:
        self.handles.append(handle)
        self.begun.set()

    def stop_reason(self) -> str | None:
        return self.stop

    def texts(self, stream: str) -> list[str]:
        return [data.decode() for name, data in self.lines if name == stream]


@pytest.fixture
def attempt() -> RecordingAttempt:
    return RecordingAttempt()


@pytest.fixture
def environ() -> dict[str, str]:
    return dict(os.environ)


@pytest.fixture
def settings(tmp_path: Path, environ: dict[str, str]) -> RunnerSettings:
    return RunnerSettings(cache=tmp_path / "cache", environ=environ)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def run(settings: RunnerSettings, directory: Path, attempt: RecordingAttempt) -> Callable[..., RunResult]:
    """Runs argv on the Process runner; keywords are those of Command."""

    def go(*argv: str, **command: Any) -> RunResult:
        return ProcessRunner(settings).run(Command(argv, directory, **command), RunnerType(), attempt)

    return go


IMAGE = "python:3.11-slim"


@pytest.fixture(scope="session")
def docker_client() -> Iterator[docker.APIClient]:
    """A client of the engine; without it, or the images of tests/images.sh, tests are skipped, or fail in CI."""
    engine = find_engine(dict(os.environ))
    if isinstance(engine, NoEngine):
        _absent(engine.reason)
        raise AssertionError
    client = connect(engine)
    for image in (IMAGE, "ubuntu:latest"):
        if not client.images(image):
            _absent(f"the engine has no image {image}: run tests/images.sh")
    yield client
    client.close()


def _absent(reason: str) -> None:
    if os.environ.get("CELERIAC_TEST_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


def docker_options(**properties: Any) -> Docker:
    """Properties as a runner gets them: rendered."""
    return render_properties(Docker.model_validate(properties), lambda value, *, typed: value)


@pytest.fixture(name="docker_options")
def _docker_options() -> Callable[..., Docker]:
    return docker_options


@pytest.fixture
def run_docker(
    docker_client: docker.APIClient, settings: RunnerSettings, directory: Path, attempt: RecordingAttempt
) -> Callable[..., RunResult]:
    """Runs argv in a container; `properties` are those of the task runner, other keywords those of Command."""

    def go(*argv: str, properties: Mapping[str, Any] | None = None, **command: Any) -> RunResult:
        wanted = Command(argv, directory, **{"image": IMAGE, **command})
        return DockerRunner(settings).run(wanted, docker_options(**(properties or {})), attempt)

    return go


class Proxy:
    """A socket that leads to the engine until it is cut."""

    def __init__(self, path: Path, target: str) -> None:
        self.host = f"unix://{path}"
        self._target = target
        self._open: list[socket.socket] = []
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends all connections and refuses new ones."""
        for peer in (self._server, *self._open):
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
            peer.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(docker_client: docker.APIClient, tmp_path: Path) -> Iterator[Proxy]:
    engine = find_engine(dict(os.environ))
    assert isinstance(engine, Engine)
    proxy = Proxy(tmp_path / "proxy.sock", engine.host.removeprefix("unix://"))
    yield proxy
    proxy.cut()


class PackageIndex:
    """A Python package index on loopback with one package; `requests` are the paths that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.package = f"celeriac_test_{os.urandom(4).hex()}"
        self.requests: list[str] = []
        simple = folder / "simple" / self.package.replace("_", "-")
        simple.mkdir(parents=True)
        wheel = f"{self.package}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(simple / wheel, "w") as archive:
            info = f"{self.package}-1.0.dist-info"
            archive.writestr(f"{self.package}.py", "answer = 42\n")
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {self.package}\nVersion: 1.0\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        (simple / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>')
        requests = self.requests

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                requests.append(self.path)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def no_volumes_left(docker_client: docker.APIClient) -> Iterator[None]:
    """Removes the package volumes that the test has made."""

    def names() -> set[str]:
        volumes = docker_client.volumes(filters={"label": "celeriac=packages"})["Volumes"]
        return {volume["Name"] for volume in volumes or ()}

    before = names()
    yield
    for name in names() - before:
        docker_client.remove_volume(name)


@pytest.fixture
def package_index(tmp_path: Path) -> Iterator[PackageIndex]:
    index = PackageIndex(tmp_path / "index")
    yield index
    index.server.shutdown()
    index.server.server_close()
