"""The table that `celeriac server` prints once it is ready: where everything is, and who gets in."""

from urllib.parse import urlsplit, urlunsplit

import click

from celeriac.cli.address import url_of
from celeriac.cli.session import REDIS_URL_FILE
from celeriac.settings import Settings

_NOBODY = "nobody has to: only this machine gets in, until `celeriac users add` makes the first user"
_USERS = "users do, with email and password"


def overview(settings: Settings, *, has_users: bool, has_flower: bool, own_redis: bool) -> str:
    """Lines of text. own_redis: the broker, or what serves beside it, is the embedded Valkey."""
    url = url_of(settings.web_host, settings.web_port)
    broker = without_password(settings.broker_url)
    rows = {
        "Dashboard": f"{url}/ui/",
        "API": f"{url}/api/v1/main",
        "OpenAPI": f"{url}/api/v1/openapi.json",
        "Flower": f"{url}/flower/" if has_flower else "",
        "Database": without_password(settings.database_url),
        "Broker": f"{broker} (an embedded Valkey)" if own_redis and broker.startswith("redis") else broker,
        "Producers": f"the stream `celeriac.submit` of Redis, whose URL is in {settings.cell_dir / REDIS_URL_FILE}",
        "Storage": without_password(settings.storage_url),
        "Home": str(settings.home),
        "Logging in": _USERS if has_users else _NOBODY,
    }
    lines = [f"  {click.style(f'{name:<10}', bold=True)}  {text}" for name, text in rows.items() if text]
    return "\n".join([f"Celeriac listens on {url}", "", *lines, "", "Ctrl-C ends it."])


def without_password(url: str) -> str:
    """The URL with `***` in place of its password."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{place}"))
