"""The table of a server that is ready."""

from pathlib import Path

import click
import pytest

from celeriac.cli.overview import overview, without_password
from celeriac.settings import Settings


def _lines(**environ: str) -> list[str]:
    settings = Settings.from_environ({"CELERIAC_HOME": "/srv/c", **environ})
    return click.unstyle(overview(settings, has_users=True, has_flower=True, own_redis=False)).splitlines()


def test_it_has_every_place() -> None:
    assert _lines(CELERIAC_BROKER_URL="redis://valkey:6379/0", CELERIAC_WEB_PORT="81") == [
        "Celeriac listens on http://127.0.0.1:81",
        "",
        "  Dashboard   http://127.0.0.1:81/ui/",
        "  API         http://127.0.0.1:81/api/v1/main",
        "  OpenAPI     http://127.0.0.1:81/api/v1/openapi.json",
        "  Flower      http://127.0.0.1:81/flower/",
        "  Database    sqlite:////srv/c/celeriac.db",
        "  Broker      redis://valkey:6379/0",
        "  Producers   the stream `celeriac.submit` of Redis, whose URL is in /srv/c/run/main/redis-url",
        "  Storage     file:///srv/c/storage",
        f"  Home        {Path('/srv/c')}",
        "  Logging in  users do, with email and password",
        "",
        "Ctrl-C ends it.",
    ]


@pytest.mark.parametrize("name", ["CELERIAC_BROKER_URL", "CELERIAC_REDIS_URL"])
def test_it_tells_no_password(name: str) -> None:
    assert "hidden" not in "\n".join(_lines(**{name: "redis://me:hidden@valkey/0"}))


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("box", "box")]
)
def test_the_address_can_be_opened_on_this_machine(host: str, shown: str) -> None:
    assert _lines(CELERIAC_WEB_HOST=host)[0] == f"Celeriac listens on http://{shown}:8080"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://me:hidden@db:5432/celeriac?sslmode=require",
            "postgresql://me:***@db:5432/celeriac?sslmode=require",
        ),
        ("redis://:hidden@127.0.0.1:6379/0", "redis://:***@127.0.0.1:6379/0"),
        ("sqlite:////srv/c.db", "sqlite:////srv/c.db"),
    ],
)
def test_a_url_keeps_everything_but_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
