"""A PostgreSQL of our own for tests: a fresh cluster on a free loopback port, as an unprivileged user."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

VERSIONS = Path("/usr/lib/postgresql")
START_S = 30.0


def binaries() -> Path | None:
    """The programs of the newest version that is installed."""
    found = [path.parent for path in VERSIONS.glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of a server without databases of its own; ends it and removes its data."""
    programs = binaries()
    assert programs is not None, f"no PostgreSQL below {VERSIONS}"
    folder = Path(tempfile.mkdtemp(prefix="celeriac-postgres-"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    data = folder / "data"
    try:
        _run(user, programs / "initdb", "-D", str(data), "-U", "celeriac", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = ("-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-k", str(folder))
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *options], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            _wait_until_ready(server, programs / "pg_isready", port, folder / "log")
            yield f"postgresql+psycopg://celeriac@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(2)
            server.wait(timeout=START_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(user: str | None, program: Path, *arguments: str) -> None:
    done = subprocess.run([program, *arguments], user=user, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _wait_until_ready(server: subprocess.Popen[bytes], asks: Path, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_S
    ready = [asks, "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready).returncode != 0:
        assert server.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


MAY_SKIP = not os.environ.get("CELERIAC_TEST_ALL")
POSTGRES = pytest.param(
    "postgres",
    marks=[
        pytest.mark.postgres,
        pytest.mark.skipif(MAY_SKIP and binaries() is None, reason="no PostgreSQL binaries"),
    ],
)
"""Parameter of a test or fixture that needs PostgreSQL."""
