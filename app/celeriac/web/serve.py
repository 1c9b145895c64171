"""`python -m celeriac.web.serve`: the web role, gunicorn with threads, configured by the environment."""

import os
import signal
import sys
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from setproctitle import setproctitle

from celeriac import lifeline
from celeriac.logfmt import configure
from celeriac.services.preparation import NotReady
from celeriac.services.processes import Heartbeat
from celeriac.settings import Settings
from celeriac.web import create_app
from celeriac.web.streams import THREADS
from celeriac.wiring import App, build


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """gunicorn without its command line."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._heartbeat: Heartbeat | None = None
        self._celeriac: App | None = None
        super().__init__()

    def load_config(self) -> None:
        """One process: what it needs more of is threads."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.web_host}:{self._settings.web_port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "worker_connections": 2 * THREADS,
            "graceful_timeout": 5,
            "timeout": 60,
            "proc_name": "celeriac: web",
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "pre_fork": lambda server, worker: _take_title(),
            "post_worker_init": lambda worker: self._begin(),
            "worker_exit": self._end,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """In the worker process, after gunicorn's fork: connections and threads are its own."""
        self._celeriac = celeriac = build(self._settings, gathers=True)
        self._heartbeat = celeriac.processes.heartbeat("web").start()
        return create_app(celeriac, THREADS)

    def _begin(self) -> None:
        """gunicorn waits for open requests when it is told to end; streams must not let it wait in vain."""
        _take_title()
        ends = signal.getsignal(signal.SIGTERM)

        def end(number: int, frame: FrameType | None) -> None:
            if self._celeriac is not None:
                self._celeriac.live.close()
            if callable(ends):
                ends(number, frame)

        signal.signal(signal.SIGTERM, end)

    def _end(self, server: object, worker: object) -> None:
        if self._heartbeat:
            self._heartbeat.stop()


def main() -> None:
    """Serves until it is told to end."""
    _take_title()
    configure("web")
    settings = Settings.from_environ(os.environ)
    line = lifeline.attach(os.environ)
    if line is not None:
        line.wait_for_go()
    elif problem := _unready(settings):
        sys.exit(f"celeriac: {problem}")
    Server(settings).run()


def _unready(settings: Settings) -> str:
    """Why nobody may be served yet; empty when they may. Leaves nothing open: gunicorn forks."""
    celeriac = build(settings)
    try:
        celeriac.preparation.services()
        celeriac.preparation.people()
    except NotReady as error:
        return str(error)
    finally:
        celeriac.close()
    return ""


def _take_title() -> None:
    """gunicorn gives its processes titles of its own."""
    setproctitle("celeriac: web")


if __name__ == "__main__":
    main()
