"""The roles that a process can play: orchestrator, sweeper, worker."""

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from types import FrameType

from celery import Celery
from setproctitle import setproctitle

from celeriac import lifeline
from celeriac.settings import Settings, process_environ
from celeriac.wiring import App, build
from celeriac_workers.beat import WorkerBeat
from celeriac_workers.celery_app import orchestrator_app, worker_app
from celeriac_workers.logging import configure
from celeriac_workers.runners.registry import Runners
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.slot import Slots

WORKER_SLOTS = 16
"""Task runs at once: threads that mostly wait for a process or a container."""


def orchestrator() -> int:
    """Advances executions, one at a time: start several for more."""
    app = _begin("orchestrator")
    celery = orchestrator_app(app.settings, app.advance)
    return _work(celery, "orchestrate", "solo", 1)


def worker() -> int:
    """Runs task runs."""
    app = _begin("worker")
    settings = app.settings
    worker_id = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
    runner_settings = RunnerSettings(cache=settings.home / "cache", environ=process_environ())
    runners = Runners(runner_settings, settings.runner, settings.runner_override)
    slots = Slots(app.claims, runners, settings.log_cap_bytes)
    app.claims.register(worker_id, settings.cell, socket.gethostname(), os.getpid(), runners.names())
    WorkerBeat(app.claims, slots, worker_id).start()
    celery = worker_app(settings, app.attempts(worker_id, slots))
    return _work(celery, "default", "threads", settings.worker_slots or WORKER_SLOTS)


def sweeper() -> int:
    """Finds what nobody else will notice."""
    app = _begin("sweeper")
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app.sweeper.run(stop.wait)
    return 0


ROLES: Mapping[str, Callable[[], int]] = {"orchestrator": orchestrator, "sweeper": sweeper, "worker": worker}


def _begin(role: str) -> App:
    setproctitle(f"celeriac: {role}")
    configure(role)
    line = lifeline.attach(os.environ)
    app = build(Settings.from_environ(os.environ))
    if line is not None:
        line.wait_for_go()
    else:
        app.migrate()
    return app


def _work(celery: Celery, queue: str, pool: str, concurrency: int) -> int:
    worker = celery.Worker(
        queues=[queue],
        pool=pool,
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="WARNING",
        hostname=f"{queue}-{os.getpid()}@%h",
    )
    worker.start()
    return int(worker.exitcode or 0)
