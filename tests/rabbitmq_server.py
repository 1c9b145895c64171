"""A RabbitMQ of our own for tests: a node on free loopback ports, with its data in a folder that goes with it."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from postgres_server import MAY_SKIP

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_S = 60.0


@contextmanager
def running_rabbitmq() -> Iterator[str]:
    """The URL of an empty broker; ends it and removes its data."""
    assert PROGRAM.exists(), f"no {PROGRAM}"
    folder = Path(tempfile.mkdtemp(prefix="celeriac-rabbitmq-"))
    port, distribution, names = _free_port(), _free_port(), _free_port()
    config = folder / "rabbitmq.conf"
    config.write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\nvm_memory_high_watermark.absolute = 512MB\nlog.console = true\n"
    )
    environ = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"celeriac-{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_PORT": str(names),
    }
    with (folder / "output").open("wb") as output:
        name_server = subprocess.Popen(
            ["epmd", "-port", str(names), "-address", "127.0.0.1"], stdout=output, stderr=output, cwd=folder
        )
        _wait_until_it_listens(names)
        server = subprocess.Popen(
            [PROGRAM], env=environ, cwd=folder, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_ready(server, port, folder / "output")
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)
            server.wait()
        name_server.kill()
        name_server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_it_listens(port: int) -> None:
    """RabbitMQ's script would start a name server of its own, for ever, where it finds none."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "epmd does not listen"
            time.sleep(0.02)


def _wait_until_ready(server: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    from kombu import Connection

    deadline = time.monotonic() + START_S
    while True:
        assert server.poll() is None and time.monotonic() < deadline, output.read_text()
        try:
            with Connection(f"amqp://guest:guest@127.0.0.1:{port}//", connect_timeout=1) as connection:
                connection.connect()
            return
        except OSError:
            time.sleep(0.1)


RABBITMQ = pytest.param(
    "rabbitmq",
    marks=[
        pytest.mark.rabbitmq,
        pytest.mark.skipif(MAY_SKIP and not PROGRAM.exists(), reason="no RabbitMQ"),
    ],
)
"""Parameter of a test or fixture that needs RabbitMQ."""
