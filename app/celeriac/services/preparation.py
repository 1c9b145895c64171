"""What must be there before a process works: database, broker, storage, somebody who may log in. Names what is not."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from celeriac.core.errors import Refused, SecretInvalid, StorageFailed, UserInvalid
from celeriac.settings import Settings

PATIENCE_S = 60.0
"""How long a process that starts by itself waits for what starts beside it."""
_TRY_EACH_S = 0.5
_CONNECT_S = 5.0
_PORTS = {"postgresql": 5432, "redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671, "pyamqp": 5672}


class NotReady(Exception):
    """What the process needs does not answer, or must not be left as it is; the message names the variable."""


class FirstUsers(Protocol):
    """What is asked of the users."""

    def any(self) -> bool: ...
    def ensure_first(self, email: str, password: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Preparation:
    """ping: raises one of `away` while the database is. open_storage: StorageFailed. open_secrets: SecretInvalid."""

    settings: Settings
    ping: Callable[[], object]
    migrate: Callable[[], None]
    away: tuple[type[Exception], ...]
    open_storage: Callable[[], object]
    open_secrets: Callable[[], object]
    users: Callable[[], FirstUsers]

    def services(self, within_s: float = PATIENCE_S) -> None:
        """Waits for database and broker, brings the database to the newest schema. Raises: NotReady."""
        if not self.settings.redis_url:
            raise NotReady(_missing("CELERIAC_REDIS_URL" if self.settings.broker_url else "CELERIAC_BROKER_URL"))
        try:
            self.settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotReady(f"CELERIAC_HOME: {self.settings.home} cannot be made ({error.strerror})") from error
        deadline = time.monotonic() + within_s
        while problem := self._missing_service():
            if time.monotonic() >= deadline:
                raise NotReady(problem)
            time.sleep(_TRY_EACH_S)
        try:
            self.open_storage()
        except StorageFailed as error:
            raise NotReady(f"CELERIAC_STORAGE_URL: {error}") from error
        try:
            self.open_secrets()
        except SecretInvalid as error:
            raise NotReady(str(error)) from error

    def people(self) -> None:
        """Makes the first administrator; nobody else on the network may come in without one. Raises: NotReady."""
        settings = self.settings
        if settings.admin_email or settings.admin_password:
            try:
                self.users().ensure_first(settings.admin_email, settings.admin_password)
            except UserInvalid as error:
                name = "EMAIL" if "email" in str(error) else "PASSWORD"
                raise NotReady(f"CELERIAC_ADMIN_{name}: {error}") from error
            except Refused:
                return
        elif not is_loopback(settings.web_host) and not self.users().any():
            raise NotReady(
                f"anybody could log in at {settings.web_host}: set CELERIAC_ADMIN_EMAIL and CELERIAC_ADMIN_PASSWORD, "
                "which make the first user, or add one with `celeriac users add`"
            )

    def _missing_service(self) -> str:
        """Why it cannot begin now; empty when it can."""
        settings = self.settings
        for name, url in (
            ("CELERIAC_DATABASE_URL", settings.database_url),
            ("CELERIAC_BROKER_URL", settings.broker_url),
            ("CELERIAC_REDIS_URL", settings.redis_url),
        ):
            if problem := _silent(url):
                return f"{name}: {problem}"
        try:
            self.ping()
            self.migrate()
        except self.away as error:
            return f"CELERIAC_DATABASE_URL: {_first_line(error)}"
        except ModuleNotFoundError as error:
            raise NotReady(
                f"CELERIAC_DATABASE_URL: needs the package {error.name}: install celeriac[postgres]"
            ) from error
        return ""


def is_loopback(host: str) -> bool:
    """True when nobody but this machine reaches the address. Raises: OSError for a name that is none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)


def _silent(url: str) -> str:
    """Why nobody can be connected to there; empty when somebody can, or when it is no address."""
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    if scheme not in _PORTS or parts.hostname is None:
        return ""
    port = parts.port or _PORTS[scheme]
    try:
        with socket.create_connection((parts.hostname, port), timeout=_CONNECT_S):
            return ""
    except OSError as error:
        return f"nothing answers at {parts.hostname}:{port} ({error.strerror or error})"


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _missing(name: str) -> str:
    return f"{name} is not set: a role that runs alone needs it (`celeriac server` brings what it needs)"
