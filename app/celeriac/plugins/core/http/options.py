"""The `options` of HTTP tasks, with the names of all versions of Kestra."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

import httpx2
from pydantic import Field

from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.flow import LogLevel, Model

_CONNECT = timedelta(seconds=15)
_READ_IDLE = timedelta(minutes=5)


class ProxyType(StrEnum):
    """How requests leave; DIRECT = without a proxy."""

    DIRECT = "DIRECT"
    HTTP = "HTTP"
    SOCKS = "SOCKS"


class LogPart(StrEnum):
    """What of an exchange is logged, at level DEBUG; credentials never are."""

    REQUEST_HEADERS = "REQUEST_HEADERS"
    REQUEST_BODY = "REQUEST_BODY"
    RESPONSE_HEADERS = "RESPONSE_HEADERS"
    RESPONSE_BODY = "RESPONSE_BODY"


class TimeoutOptions(Model):
    """How long a connection and the silence between two parts of an answer may take."""

    connect_timeout: Dynamic[Duration] | None = None
    read_idle_timeout: Dynamic[Duration] | None = None


class ProxyOptions(Model):
    """A proxy between the worker and the server."""

    type: Dynamic[ProxyType] = ProxyType.DIRECT
    address: Dynamic[str] | None = None
    port: Dynamic[int] | None = None
    username: Dynamic[str] | None = None
    password: Dynamic[str] | None = None

    def transport_proxy(self) -> httpx2.Proxy | None:
        """The proxy for httpx2. Raises: TaskFailed."""
        if self.type is ProxyType.DIRECT or not self.address:
            return None
        if self.type is ProxyType.SOCKS:
            raise TaskFailed("Property `options.proxy`: SOCKS proxies are not available, only HTTP ones")
        port = f":{self.port}" if self.port else ""
        login = (self.username, self.password or "") if self.username else None
        return httpx2.Proxy(f"http://{self.address}{port}", auth=login)


class SslOptions(Model):
    """How certificates are checked."""

    insecure_trust_all_certificates: Dynamic[bool] = False


class BasicAuth(Model):
    """User and password in a header."""

    type: Literal["BASIC"]
    username: Dynamic[str] | None = None
    password: Dynamic[str] | None = None

    def signer(self) -> httpx2.Auth:
        return httpx2.BasicAuth(self.username or "", self.password or "")


class DigestAuth(Model):
    """User and password as the answer to a challenge."""

    type: Literal["DIGEST"]
    username: Dynamic[str] | None = None
    password: Dynamic[str] | None = None

    def signer(self) -> httpx2.Auth:
        return httpx2.DigestAuth(self.username or "", self.password or "")


class BearerAuth(Model):
    """A token in a header."""

    type: Literal["BEARER"]
    token: Dynamic[str] | None = None

    def signer(self) -> httpx2.Auth:
        return httpx2.FunctionAuth(self._sign)

    def _sign(self, request: httpx2.Request) -> httpx2.Request:
        request.headers["Authorization"] = f"Bearer {self.token or ''}"
        return request


class HttpOptions(Model):
    """`options`. The last block are names of older versions; `connectionPoolIdleTimeout` has no meaning any more."""

    timeout: TimeoutOptions = TimeoutOptions()
    proxy: ProxyOptions | None = None
    auth: Annotated[BasicAuth | BearerAuth | DigestAuth, Field(discriminator="type")] | None = None
    ssl: SslOptions = SslOptions()
    follow_redirects: Dynamic[bool] = True
    allow_failed: Dynamic[bool] = False
    allowed_response_codes: Dynamic[list[int]] = []
    default_charset: Dynamic[str] = "UTF-8"
    logs: Dynamic[list[LogPart]] = []

    connect_timeout: Dynamic[Duration] | None = None
    read_timeout: Dynamic[Duration] | None = None
    read_idle_timeout: Dynamic[Duration] | None = None
    connection_pool_idle_timeout: Dynamic[Duration] | None = None
    max_content_length: Dynamic[int] | None = None
    proxy_type: Dynamic[ProxyType] | None = None
    proxy_address: Dynamic[str] | None = None
    proxy_port: Dynamic[int] | None = None
    proxy_username: Dynamic[str] | None = None
    proxy_password: Dynamic[str] | None = None
    basic_auth_user: Dynamic[str] | None = None
    basic_auth_password: Dynamic[str] | None = None
    log_level: Dynamic[LogLevel] | None = None

    def client_timeout(self) -> httpx2.Timeout:
        """The time-outs for httpx2: a connection within 15 s, never 5 minutes of silence, unless set."""
        connect = self.timeout.connect_timeout or self.connect_timeout or _CONNECT
        idle = self.timeout.read_idle_timeout or self.read_idle_timeout or self.read_timeout or _READ_IDLE
        return httpx2.Timeout(idle.total_seconds(), connect=connect.total_seconds())

    def transport_proxy(self) -> httpx2.Proxy | None:
        """The proxy for httpx2. Raises: TaskFailed."""
        if self.proxy is not None:
            return self.proxy.transport_proxy()
        old = ProxyOptions(
            type=self.proxy_type or ProxyType.DIRECT,
            address=self.proxy_address,
            port=self.proxy_port,
            username=self.proxy_username,
            password=self.proxy_password,
        )
        return old.transport_proxy() if self.proxy_address else None

    def signer(self) -> httpx2.Auth | None:
        """What adds the credentials to a request."""
        if self.auth is not None:
            return self.auth.signer()
        if self.basic_auth_user is not None:
            return httpx2.BasicAuth(self.basic_auth_user, self.basic_auth_password or "")
        return None
