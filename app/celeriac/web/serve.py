"""`python -m celeriac.web.serve`: the web role, gunicorn with threads, configured by the environment."""

import os
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from setproctitle import setproctitle

from celeriac import lifeline
from celeriac.settings import Settings
from celeriac.web import create_app
from celeriac.wiring import build

THREADS = 64


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """gunicorn without its command line."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """One process: what it needs more of is threads."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.web_host}:{self._settings.web_port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": 5,
            "timeout": 60,
            "proc_name": "celeriac: web",
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """In the worker process, after gunicorn's fork: connections and threads are its own."""
        return create_app(build(self._settings))


def main() -> None:
    """Serves until it is told to end."""
    setproctitle("celeriac: web")
    settings = Settings.from_environ(os.environ)
    line = lifeline.attach(os.environ)
    if line is None:
        build(settings).migrate()
    else:
        line.wait_for_go()
    Server(settings).run()


if __name__ == "__main__":
    main()
