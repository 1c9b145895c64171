"""What went wrong with a request, in the user's words: where, why, what to look at."""

import socket
import ssl
from collections.abc import Iterator

import httpx2

from celeriac.core.errors import TaskFailed

_SHOWN_BYTES = 1000


def explained(error: Exception, what: str, uri: str) -> TaskFailed:
    """The failure of a request that got no (whole) answer. what: method and address as they may be shown."""
    return TaskFailed(f"{what} failed: {_reason(error, _server(uri))}")


def refusal(response: httpx2.Response, what: str) -> TaskFailed:
    """The failure of a request that was answered with an error status; reads the beginning of the body."""
    status = f"{response.status_code} {response.reason_phrase}".strip()
    body = beginning(response)
    return TaskFailed(f"{what} was answered with {status}{f': {body}' if body else ''}")


def beginning(response: httpx2.Response, size: int = _SHOWN_BYTES) -> str:
    """The first bytes of a body not read yet, as text."""
    data = b""
    for chunk in response.iter_bytes(size):
        data += chunk
        if len(data) >= size:
            break
    return data[:size].decode(response.charset_encoding or "utf-8", errors="replace").strip()


def address(uri: str) -> str:
    """A URI without what may be secret in it: login, query, fragment."""
    try:
        url = httpx2.URL(uri.strip())
    except httpx2.InvalidURL:
        return f"`{uri}`"
    return str(url.copy_with(username=None, password=None, query=None, fragment=None)) if url.host else f"`{uri}`"


def host_of(uri: str) -> str:
    """Scheme and server of a URI alone."""
    try:
        url = httpx2.URL(uri.strip())
    except httpx2.InvalidURL:
        return "an address that is none"
    return f"{url.scheme}://{url.netloc.decode().rpartition('@')[2]}" if url.host else "an address without host"


def _server(uri: str) -> str:
    return host_of(uri).rpartition("//")[2]


def _reason(error: Exception, server: str) -> str:
    causes = list(_causes(error))
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return f"the uri must start with http:// or https:// ({error})"
    if isinstance(error, httpx2.ProxyError):
        return f"the proxy refused the request: {error}"
    if isinstance(error, httpx2.ConnectTimeout):
        return f"{server} did not accept a connection in time (options.timeout.connectTimeout)"
    if isinstance(error, httpx2.ReadTimeout):
        return f"{server} sent nothing for too long (options.timeout.readIdleTimeout)"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"the host name {server} cannot be resolved (DNS): {causes[-1]}"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"{server} refused the connection; is anything listening there?"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"no trusted TLS connection to {server}: {causes[-1]}"
    if isinstance(error, httpx2.ConnectError):
        return f"cannot connect to {server}: {causes[-1]}"
    return f"{server}: {error or type(error).__name__}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
