"""A whole engine in this process: a Valkey, a database in a folder, Celery workers and a sweeper in threads."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from celery import Celery
from celery.contrib.testing.worker import start_worker
from kombu.asynchronous import set_event_loop

from celeriac.cli import valkey
from celeriac.core.execution import Execution
from celeriac.services.advance import Publisher
from celeriac.settings import Settings
from celeriac.wiring import App, build
from celeriac_workers.beat import WorkerBeat
from celeriac_workers.celery_app import orchestrator_app, worker_app
from celeriac_workers.runners.registry import Runners
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.slot import Slots

POLL_S = 0.005
DEADLINE_S = 30.0
WORKER_SLOTS = 8
Document = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """An execution at its end, as the API shows it, with its logs and the executions that it started."""

    document: Document
    logs: list[Document]
    children: list[Document] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def state(self) -> str:
        return str(self.document["state"]["current"])

    @property
    def states(self) -> list[tuple[str, str]]:
        """[(task id, state)] in order of creation."""
        return [(run["taskId"], run["state"]["current"]) for run in self.document["taskRunList"]]

    @property
    def messages(self) -> list[str]:
        return [line["message"] for line in self.logs]

    def runs(self, task_id: str) -> list[Document]:
        """The task runs of a task."""
        return [run for run in self.document["taskRunList"] if run["taskId"] == task_id]

    def run(self, task_id: str) -> Document:
        """The only task run of a task."""
        (run,) = self.runs(task_id)
        return run

    def state_of(self, task_id: str) -> str:
        return str(self.run(task_id)["state"]["current"])

    def outputs_of(self, task_id: str) -> dict[str, Any]:
        return dict(self.run(task_id)["outputs"])

    def history_of(self, task_id: str) -> list[str]:
        return [entry["state"] for entry in self.run(task_id)["state"]["histories"]]

    def attempts_of(self, task_id: str) -> list[str]:
        return [attempt["state"]["current"] for attempt in self.run(task_id)["attempts"]]


@dataclass
class RealEngine:
    """Runs flows. `app` is what the roles use."""

    app: App
    home: Path

    def register(self, *sources: str) -> None:
        """Raises: FlowInvalid."""
        for source in sources:
            self.app.flows.register(source)

    def start(
        self,
        source: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        needs: Sequence[str] = (),
        files: Mapping[str, Path] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> str:
        """Registers the flows and starts the first; returns the execution's id."""
        self.register(*needs)
        flow = self.app.flows.register(source)
        return self.app.executions.start(flow.namespace, flow.id, inputs or {}, labels=labels, file_inputs=files)

    def run(
        self,
        source: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        needs: Sequence[str] = (),
        files: Mapping[str, Path] | None = None,
        labels: Mapping[str, str] | None = None,
        within_s: float = DEADLINE_S,
    ) -> Ended:
        """Runs a flow to its end."""
        return self.wait(self.start(source, inputs, needs=needs, files=files, labels=labels), within_s=within_s)

    def wait(self, execution_id: str, *, within_s: float = DEADLINE_S) -> Ended:
        """The execution when it and all that it started is done."""
        deadline = time.monotonic() + within_s
        self.wait_for(lambda: self.execution(execution_id).done_us, f"{execution_id} to end", within_s=within_s)
        children = self.app.views.children(execution_id)
        for child in children:
            left_s = deadline - time.monotonic()
            self.wait_for(lambda child=child: self.execution(child["id"]).done_us, "subflows to end", within_s=left_s)
        return self.look(execution_id)

    def look(self, execution_id: str) -> Ended:
        """The execution as it is now."""
        children = self.app.views.children(execution_id)
        logs: list[Document] = []
        lines, cursor = self.app.views.logs([execution_id, *(child["id"] for child in children)], None)
        while lines:
            logs += lines
            lines, cursor = self.app.views.logs([execution_id, *(child["id"] for child in children)], cursor)
        return Ended(self.app.views.execution(execution_id), logs, children)

    def execution(self, execution_id: str) -> Execution:
        found = self.app.surroundings.executions.get(execution_id)
        assert found is not None
        return found

    def wait_for_state(self, execution_id: str, task_id: str, state: str, *, within_s: float = DEADLINE_S) -> None:
        """Waits until a task run of the task is in the state."""
        self.wait_for(
            lambda: state in [run["state"]["current"] for run in self.look(execution_id).runs(task_id)],
            f"{task_id} to be {state}",
            within_s=within_s,
        )

    def wait_for(self, condition: Callable[[], Any], what: str, *, within_s: float = DEADLINE_S) -> None:
        """Waits for a condition. Raises: AssertionError after the deadline."""
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, f"waited {within_s} s for {what}"
            time.sleep(POLL_S)


@contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """A Valkey of our own on loopback: its URL."""
    server = valkey.prepare(folder)
    with (folder / "valkey.log").open("wb") as log:
        process = subprocess.Popen(server.argv, stdout=log, stderr=log, cwd=folder)
    try:
        assert valkey.wait_until_ready(server, lambda: process.poll() is None), (folder / "valkey.log").read_text()
        yield server.url
    finally:
        process.kill()
        process.wait()


def settings_for(home: Path, broker_url: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings with everything below `home` and scripts run by the Process runner."""
    return Settings.from_environ(
        {"CELERIAC_HOME": str(home), "CELERIAC_BROKER_URL": broker_url, "CELERIAC_RUNNER": "process", **(environ or {})}
    )


@contextmanager
def running_engine(settings: Settings, publisher: Publisher | None = None) -> Iterator[RealEngine]:
    """Orchestrator, worker and sweeper in threads, each doing what its role does."""
    settings.home.mkdir(parents=True, exist_ok=True)
    app = build(settings, publisher)
    app.migrate()
    stopped = threading.Event()
    sweeper = threading.Thread(target=app.sweeper.run, args=(stopped.wait,), name="sweeper", daemon=True)
    with ExitStack() as stack:
        stack.callback(app.close)
        stack.enter_context(_working(orchestrator_app(app), "orchestrate", "solo", 1))
        stack.enter_context(_working(_worker(app, settings), "default", "threads", WORKER_SLOTS))
        sweeper.start()
        stack.callback(sweeper.join)
        stack.callback(stopped.set)
        yield RealEngine(app, settings.home)


def _worker(app: App, settings: Settings) -> Celery:
    worker_id = f"test-{os.getpid()}-{id(app):x}"
    runners = Runners(RunnerSettings(cache=settings.home / "cache", environ=dict(os.environ)), settings.runner, "")
    slots = Slots(app.claims, runners, settings.log_cap_bytes)
    register = partial(app.workers.register, worker_id, settings.cell, "localhost", os.getpid(), runners.names())
    WorkerBeat(app.workers, slots, worker_id, register).start()
    return worker_app(settings, app.attempts(worker_id, slots))


@contextmanager
def _working(celery: Celery, queue: str, pool: str, concurrency: int) -> Iterator[None]:
    """A Celery worker in a thread. kombu has one event loop a process: each worker is to make its own."""
    set_event_loop(None)
    with start_worker(
        celery,
        pool=pool,
        concurrency=concurrency,
        perform_ping_check=False,
        loglevel="ERROR",
        shutdown_timeout=20.0,
        queues=[queue],
        hostname=f"{queue}-{os.getpid()}@test",
    ):
        yield
