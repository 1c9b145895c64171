"""The address that the web listens on: whether it can, and who says what stands there already."""

import os
import socket


def address_problem(host: str, port: int) -> str:
    """Why nothing can listen there, in words for people; empty when it can."""
    try:
        family, _, _, _, _ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        return f"--host {host}: {error.strerror}"
    try:
        with socket.create_server((host, port), family=family):
            return ""
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        return f"cannot listen on {host}:{port} ({reason}): choose another port with --port or CELERIAC_WEB_PORT"


def url_of(host: str, port: int) -> str:
    """Where a browser of this machine finds what listens there."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(url: str, path: str, timeout_s: float = 2.0) -> bool:
    """True when a GET of the path there is answered with 200. url: `http://host:port`."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=timeout_s) as connection:
            connection.sendall(request)
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
