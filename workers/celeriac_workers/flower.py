"""The role `flower`: Flower on an address of its own that only the web asks, with a password that only the web knows.

It keeps what it sees in memory and forgets it at its end: the database is the truth. Workers send events when the
settings name a Flower, so Flower tells them nothing; those that run already show themselves by their next heartbeat.
"""

import logging
import signal
from dataclasses import dataclass
from types import FrameType
from urllib.parse import unquote, urlsplit

from celery import Celery
from flower.app import Flower
from flower.options import options
from flower.urls import settings as tornado_settings
from flower.utils import prepend_url
from tornado.ioloop import IOLoop

from celeriac.services.preparation import NotReady

PREFIX = "flower"
MOST_JOBS = 5000
"""How many jobs are kept in memory, about 4 kB each."""
GONE_AFTER_S = 600
"""When a worker that is gone leaves the list: a restarted one has another name."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where Flower listens, and who may ask it."""

    host: str
    port: int
    credentials: str

    @staticmethod
    def of(url: str) -> "Address":
        """The parts of `http://user:password@host:port`. Raises: NotReady."""
        parts = urlsplit(url)
        if not (parts.hostname and parts.port and parts.username and parts.password):
            raise NotReady("CELERIAC_FLOWER_URL: Flower needs one, as http://user:password@127.0.0.1:5555")
        return Address(parts.hostname, parts.port, f"{unquote(parts.username)}:{unquote(parts.password)}")


def serve(celery: Celery, address: Address) -> int:
    """Runs Flower until the process is told to end."""
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    _configure(address)
    flower = Flower(options=options, capp=celery, **_settings())
    loop = IOLoop.current()

    def end(signum: int, frame: FrameType | None) -> None:
        loop.add_callback_from_signal(flower.stop)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    flower.start_http_server()
    flower.start()
    return 0


def _configure(address: Address) -> None:
    """Flower reads its options from a module, as tornado does."""
    options.address = address.host
    options.port = address.port
    options.basic_auth = [address.credentials]
    options.url_prefix = PREFIX
    options.persistent = False
    options.enable_events = False
    options.max_tasks = MOST_JOBS
    options.purge_offline_workers = GONE_AFTER_S


def _settings() -> dict[str, object]:
    prefixed = {name: prepend_url(tornado_settings[name], PREFIX) for name in ("login_url", "static_url_prefix")}
    return {**tornado_settings, **prefixed, "cookie_secret": options.cookie_secret}
