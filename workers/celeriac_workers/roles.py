"""The roles that a process can play, but for the web."""

import os
import secrets
import shutil
import signal
import socket
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready
from setproctitle import setproctitle

from celeriac import lifeline
from celeriac.dispatch.app import make_celery
from celeriac.lifeline import Lifeline
from celeriac.logfmt import configure
from celeriac.services.attempts import Attempts
from celeriac.services.worker_life import this_machine
from celeriac.settings import Settings, process_environ
from celeriac.wiring import App, build
from celeriac_workers.beat import WorkerBeat
from celeriac_workers.celery_app import orchestrator_app, worker_app
from celeriac_workers.ending import end_attempts_on_shutdown
from celeriac_workers.listeners.listening import listen, sources
from celeriac_workers.runners.engine import Engine, find_engine
from celeriac_workers.runners.registry import Runners
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.slot import Slots
from celeriac_workers.sweeping import start_sweeping

if TYPE_CHECKING:
    from celeriac_workers.containers import ContainerKeeper

HEARTBEAT_S = 10
"""Between two heartbeats for Flower, which takes a worker for gone after two of them."""
WORKER_SLOTS = 16
"""Task runs at once: threads that mostly wait for a process or a container."""


def orchestrator() -> int:
    """Advances executions, one at a time: start several for more. Beside it, finds what nobody else will notice."""
    app, _ = _begin("orchestrator")
    celery = orchestrator_app(app)
    end_sweeping = start_sweeping(app.sweeper.run)
    with _signs_of_life(app, "orchestrator"):
        exit_code = _work(celery, app.settings, "orchestrator", "orchestrate", "solo", 1)
    end_sweeping()
    return exit_code


def worker() -> int:
    """Runs task runs."""
    app, line = _begin("worker")
    settings = app.settings
    worker_id = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
    runners = Runners(
        RunnerSettings(settings.home / "cache", process_environ(), settings.instance),
        settings.runner,
        settings.runner_override,
    )
    slots = Slots(app.claims, runners, settings.log_cap_bytes)
    register = partial(app.workers.register, worker_id, settings.cell, this_machine(), os.getpid(), runners.names())
    WorkerBeat(app.workers, slots, worker_id, register, app.processes.show_life).start()
    attempts = app.attempts(worker_id, slots)
    keeper = container_keeper(app, attempts)
    if keeper:
        keeper.start()

    def is_abandoned() -> bool:
        return line is not None and line.is_cut and not settings.is_lasting

    def clean_up() -> None:
        if keeper:
            keeper.sweep_again()
        if is_abandoned():
            shutil.rmtree(settings.tmp_dir, ignore_errors=True)

    end_attempts_on_shutdown(slots, is_abandoned, clean_up)
    celery = worker_app(settings, attempts)
    exit_code = _work(celery, settings, "worker", "default", "threads", settings.worker_slots or WORKER_SLOTS)
    clean_up()
    return exit_code


def listener() -> int:
    """Starts the executions that producers ask for by messages; ends when a source has ended by itself."""
    app, _ = _begin("listener")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: stop.set())
    with _signs_of_life(app, "listener"):
        return 0 if listen(sources(app.settings, app.submissions), stop) else 1


def flower() -> int:
    """Shows workers and jobs to the web, which asks for a login."""
    app, _ = _begin("flower")
    from celeriac_workers.flower import Address, serve

    settings = app.settings
    address = Address.of(settings.flower_url)
    with _signs_of_life(app, "flower"):
        return serve(make_celery(settings.broker_url, settings.redis_url), address)


def beat() -> int:
    """Rings at the dates of triggers, and finds those that nobody has heard. Two may run: one waits for the other."""
    from celeriac.dispatch.alarm_clock import ring
    from celeriac.dispatch.schedule import beat_app

    app, _ = _begin("beat")
    settings, stop = app.settings, threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: stop.set())
    end_triggering = start_sweeping(app.trigger_parts.triggering.run, "triggering")
    with _signs_of_life(app, "beat"):
        if settings.redis_url.startswith(("redis", "valkey")):
            ring(beat_app(settings.broker_url, settings.redis_url, settings.cell), stop.wait)
        else:
            stop.wait()
    end_triggering()
    return 0


def tidier() -> int:
    """Removes the containers that dead processes have left, once. Their broker may be gone, too."""
    _name("tidier")
    configure("tidier")
    keeper = container_keeper(build(Settings.from_environ(os.environ)), None)
    if keeper:
        keeper.sweep()
    return 0


ROLES: Mapping[str, Callable[[], int]] = {
    "beat": beat,
    "flower": flower,
    "listener": listener,
    "orchestrator": orchestrator,
    "tidier": tidier,
    "worker": worker,
}


def container_keeper(app: App, attempts: Attempts | None) -> "ContainerKeeper | None":
    """Minds the containers of workers that are gone, where there is an engine; its client is loaded only there."""
    engine = find_engine(process_environ())
    if not isinstance(engine, Engine):
        return None
    from celeriac_workers.containers import ContainerKeeper

    return ContainerKeeper(engine, app.settings.instance, app.settings.cell, app.claims, attempts)


def _begin(role: str) -> tuple[App, Lifeline | None]:
    _name(role)
    configure(role)
    line = lifeline.attach(os.environ)
    app = build(Settings.from_environ(os.environ))
    if line is not None:
        line.wait_for_go()
    else:
        app.preparation.services()
    return app, line


def _signs_of_life(app: App, role: str) -> AbstractContextManager[object]:
    """Nobody looks for those of a cell that ends with its command."""
    return app.processes.heartbeat(role) if app.settings.is_lasting else nullcontext()


def _name(role: str) -> None:
    setproctitle(f"celeriac: {role}")


def _work(celery: Celery, settings: Settings, role: str, queue: str, pool: str, concurrency: int) -> int:
    """Celery gives its process a title of its own, which is taken back when it is ready. It warns of root, against
    which it advises an option that there is not.

    Where there is a Flower, it sees every worker by its heartbeat, and its jobs by their events.
    """
    is_watched = bool(settings.flower_url)
    warnings.simplefilter("ignore", SecurityWarning)
    worker_ready.connect(lambda **_: _name(role), weak=False)
    worker = celery.Worker(
        queues=[queue],
        pool=pool,
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=not is_watched,
        heartbeat_interval=HEARTBEAT_S,
        task_events=is_watched,
        loglevel="WARNING",
        quiet=True,
        hostname=f"{role}-{os.getpid()}@{socket.gethostname()}",
    )
    worker.start()
    return int(worker.exitcode or 0)
