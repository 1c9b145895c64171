"""Is there a Docker engine? A light look (no client library) that only serves the notice of `celeriac run`.

The worker decides by itself, in the same order: DOCKER_HOST, the current docker context, the usual sockets.
"""

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_PING = b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"


@dataclass(frozen=True, slots=True)
class EngineCheck:
    """What was found. url: None = no engine, and `reason` says why in words for people."""

    url: str | None
    reason: str = ""


def find_engine(environ: Mapping[str, str], timeout_s: float = 1.0) -> EngineCheck:
    """The first engine that answers."""
    reasons: list[str] = []
    for url in _candidates(environ):
        check = _ask(url, timeout_s)
        if check.url:
            return check
        reasons += [check.reason] if check.reason else []
    return EngineCheck(None, reasons[0] if reasons else "no socket of an engine was found")


def _candidates(environ: Mapping[str, str]) -> Iterator[str]:
    """Places where an engine may listen. An engine that is named is the only one."""
    if host := environ.get("DOCKER_HOST"):
        yield host
        return
    if host := _context_host(environ):
        yield host
        return
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    home = environ.get("HOME", "/")
    for path in (
        "/var/run/docker.sock",
        f"{runtime}/docker.sock",
        f"{home}/.docker/run/docker.sock",
        f"{runtime}/podman/podman.sock",
        "/run/podman/podman.sock",
    ):
        yield f"unix://{path}"


def _context_host(environ: Mapping[str, str]) -> str | None:
    folder = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "/")) / ".docker")
    name = environ.get("DOCKER_CONTEXT") or _json(folder / "config.json").get("currentContext")
    if not name or name == "default":
        return None
    meta = _json(folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest() / "meta.json")
    host = meta.get("Endpoints", {}).get("docker", {}).get("Host")
    return host if isinstance(host, str) else None


def _ask(url: str, timeout_s: float) -> EngineCheck:
    """An engine that can only be asked with TLS or over ssh is taken for present."""
    parts = urlsplit(url)
    if parts.scheme not in ("unix", "tcp", "http"):
        return EngineCheck(url)
    try:
        with _connect(url, timeout_s) as connection:
            connection.sendall(_PING)
            reply = connection.recv(256)
    except FileNotFoundError:
        return EngineCheck(None)
    except PermissionError:
        return EngineCheck(
            None, f"no permission on {parts.path}: add yourself to the group that owns it ({_group(parts.path)})"
        )
    except OSError as error:
        return EngineCheck(None, f"{url} does not answer ({error.strerror or error})")
    tls_wanted = b"HTTPS" in reply or not reply
    return EngineCheck(url) if b" 200 " in reply or tls_wanted else EngineCheck(None, f"{url} is no Docker engine")


def _connect(url: str, timeout_s: float) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 2375), timeout=timeout_s)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout_s)
    try:
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _group(path: str) -> str:
    try:
        return Path(path).group()
    except (OSError, KeyError):
        return "docker"


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
