"""The roles that a process can play: orchestrator, sweeper, worker."""

import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down
from setproctitle import setproctitle

from celeriac import lifeline
from celeriac.services.attempts import Attempts
from celeriac.services.worker_life import this_machine
from celeriac.settings import Settings, process_environ
from celeriac.wiring import App, build
from celeriac_workers.beat import WorkerBeat
from celeriac_workers.celery_app import orchestrator_app, worker_app
from celeriac_workers.logging import configure
from celeriac_workers.runners.engine import Engine, find_engine
from celeriac_workers.runners.registry import Runners
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.slot import Slots

WORKER_SLOTS = 16
"""Task runs at once: threads that mostly wait for a process or a container."""
GRACE_S = 4.0
"""How long a worker that was told to end waits for its task runs."""


def orchestrator() -> int:
    """Advances executions, one at a time: start several for more."""
    app = _begin("orchestrator")
    celery = orchestrator_app(app.settings, app.advance)
    return _work(celery, "orchestrator", "orchestrate", "solo", 1)


def worker() -> int:
    """Runs task runs."""
    app = _begin("worker")
    settings = app.settings
    worker_id = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
    environ = process_environ()
    runners = Runners(
        RunnerSettings(settings.home / "cache", environ, settings.instance), settings.runner, settings.runner_override
    )
    slots = Slots(app.claims, runners, settings.log_cap_bytes)
    app.claims.register(worker_id, settings.cell, this_machine(), os.getpid(), runners.names())
    WorkerBeat(app.claims, slots, worker_id).start()
    attempts = app.attempts(worker_id, slots)
    keep_containers(environ, settings, app, attempts)
    hand_over_on_shutdown(slots)
    celery = worker_app(settings, attempts)
    return _work(celery, "worker", "default", "threads", settings.worker_slots or WORKER_SLOTS)


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


def keep_containers(environ: Mapping[str, str], settings: Settings, app: App, attempts: Attempts) -> None:
    """Minds the containers of workers that are gone, where there is an engine; its client is loaded only there."""
    engine = find_engine(environ)
    if isinstance(engine, Engine):
        from celeriac_workers.containers import ContainerKeeper

        ContainerKeeper(engine, settings.instance, settings.cell, app.claims, attempts).start()


def hand_over_on_shutdown(slots: Slots) -> None:
    """When the worker is told to end, what still runs after the grace period is ended and left to another worker."""

    def begin(**_: object) -> None:
        threading.Thread(target=hand_over, name="hand-over", daemon=True).start()

    def hand_over() -> None:
        time.sleep(GRACE_S)
        slots.stop_all("lost")

    worker_shutting_down.connect(begin, weak=False)


def _begin(role: str) -> App:
    _name(role)
    configure(role)
    line = lifeline.attach(os.environ)
    app = build(Settings.from_environ(os.environ))
    if line is not None:
        line.wait_for_go()
    else:
        app.migrate()
    return app


def _name(role: str) -> None:
    setproctitle(f"celeriac: {role}")


def _work(celery: Celery, role: str, queue: str, pool: str, concurrency: int) -> int:
    """Celery gives its process a title of its own, which is taken back when it is ready."""
    worker_ready.connect(lambda **_: _name(role), weak=False)
    worker = celery.Worker(
        queues=[queue],
        pool=pool,
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="WARNING",
        hostname=f"{role}-{os.getpid()}@{socket.gethostname()}",
    )
    worker.start()
    return int(worker.exitcode or 0)
