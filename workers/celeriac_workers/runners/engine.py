"""Finds the container engine of this machine and says, when there is none, why.

Knows nothing of the Docker SDK: a look takes milliseconds, also from the command line.
"""

import grp
import hashlib
import http.client
import json
import os
import pwd
import socket
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT_S = 3.0
_SOCKETS = (
    "/var/run/docker.sock",
    "{runtime}/docker.sock",
    "{home}/.docker/run/docker.sock",
    "{home}/.docker/desktop/docker.sock",
    "{home}/.orbstack/run/docker.sock",
    "{home}/.colima/default/docker.sock",
    "{runtime}/podman/podman.sock",
    "/run/podman/podman.sock",
)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers. host: `unix://…`, `tcp://…`, `ssh://…`. certificates: folder of ca, cert and key."""

    host: str
    source: str
    certificates: Path | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class NoEngine:
    """Why there is none, and what to do."""

    reason: str


def find_engine(environ: Mapping[str, str], host: str | None = None) -> Engine | NoEngine:
    """The engine at `host`, or by DOCKER_HOST, the current Docker context, the usual sockets of Docker and Podman."""
    reasons = []
    for engine in _candidates(environ, host):
        reason = _refusal(engine)
        if reason is None:
            return engine
        if reason:
            reasons.append(f"{engine.host} ({engine.source}): {reason}")
    if not reasons:
        return NoEngine("No container engine: neither DOCKER_HOST nor a Docker context is set, and no socket is there")
    return NoEngine("No container engine answers. " + "; ".join(reasons))


def _candidates(environ: Mapping[str, str], host: str | None) -> Iterator[Engine]:
    named = host or environ.get("DOCKER_HOST")
    if named:
        yield Engine(_as_url(named), "task runner property `host`" if host else "DOCKER_HOST", *_tls(environ))
        return
    context = _current_context(environ)
    if context is not None:
        yield context
        return
    home = environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    for pattern in _SOCKETS:
        yield Engine("unix://" + pattern.format(home=home, runtime=runtime), "socket")


def _as_url(host: str) -> str:
    return f"unix://{host}" if host.startswith("/") else host


def _tls(environ: Mapping[str, str]) -> tuple[Path | None, bool]:
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_CERT_PATH"):
        return None, True
    folder = Path(environ.get("DOCKER_CERT_PATH") or _docker_folder(environ))
    return folder, verify


def _docker_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or "~").expanduser() / ".docker")


def _current_context(environ: Mapping[str, str]) -> Engine | None:
    folder = _docker_folder(environ)
    name = environ.get("DOCKER_CONTEXT") or _json(folder / "config.json").get("currentContext") or "default"
    if name == "default":
        return None
    digest = hashlib.sha256(str(name).encode()).hexdigest()
    endpoint = _json(folder / "contexts" / "meta" / digest / "meta.json").get("Endpoints", {}).get("docker", {})
    certificates = folder / "contexts" / "tls" / digest / "docker"
    return Engine(
        _as_url(endpoint.get("Host") or "unix:///context-not-found"),
        f"Docker context `{name}`",
        certificates if certificates.is_dir() else None,
        not endpoint.get("SkipTLSVerify", False),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _refusal(engine: Engine) -> str | None:
    """None = it answers; "" = a usual socket that does not exist; else what is wrong and what to do."""
    url = urlsplit(engine.host)
    if url.scheme == "ssh":
        return None
    try:
        return _ping(engine, url.scheme, url.path, url.hostname or "", url.port or 2375)
    except FileNotFoundError:
        return "" if engine.source == "socket" else "there is no such socket"
    except PermissionError:
        return _no_permission(Path(url.path))
    except ConnectionRefusedError:
        return "nothing listens there; start the engine (`systemctl start docker`, or Docker Desktop)"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"


def _ping(engine: Engine, scheme: str, path: str, host: str, port: int) -> str | None:
    if scheme not in ("unix", "tcp", "http", "https"):
        return f"`{scheme}` is no kind of address; use unix://, tcp:// or ssh://"
    with (
        socket.socket(socket.AF_UNIX)
        if scheme == "unix"
        else socket.create_connection((host, port), _TIMEOUT_S) as peer
    ):
        peer.settimeout(_TIMEOUT_S)
        if scheme == "unix":
            peer.connect(path)
        if engine.certificates or scheme == "https":
            return None
        peer.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
        response = http.client.HTTPResponse(peer)
        response.begin()
    return None if response.status == 200 else f"it answers with HTTP status {response.status}"


def _no_permission(path: Path) -> str:
    try:
        status = path.stat()
        group = grp.getgrgid(status.st_gid).gr_name
    except (OSError, KeyError):
        return "no permission to use this socket"
    if not status.st_mode & stat.S_IWGRP or group == "root":
        return "no permission: only its owner may use this socket"
    return (
        f"no permission: the socket belongs to the group `{group}`. Join it with "
        f"`sudo usermod -aG {group} $USER` and log in again"
    )
