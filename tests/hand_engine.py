"""An engine that does only what a test tells it to: messages wait in a list until they are taken out."""

import os
import secrets
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from celeriac.core.decision import Fan
from celeriac.core.execution import Execution
from celeriac.core.frames import TaskRun
from celeriac.services.attempts import Attempts, TaskRunFailed
from celeriac.settings import Settings
from celeriac.wiring import App, build
from celeriac_workers.runners.registry import Runners
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.slot import Slots
from real_engine import DEADLINE_S, Ended, RealEngine

Job = tuple[str, str, int, int]
"""(`advance` or `execute`, execution id, seq, attempt)."""


@dataclass
class RecordingPublisher:
    """Implements `services.publishing.Publisher`: `jobs` are the messages in the order in which workers get them."""

    jobs: deque[Job] = field(default_factory=deque)
    fans_published: list[Fan] = field(default_factory=list)

    def advance(self, execution_ids: Sequence[str]) -> None:
        self.jobs.extend(("advance", execution_id, 0, 0) for execution_id in execution_ids)

    def fans(self, execution_id: str, fans: Sequence[Fan]) -> None:
        self.fans_published.extend(fans)
        for fan in fans:
            for segment in fan.segments:
                self.jobs.extend(("execute", execution_id, run.seq, run.attempt) for run in segment)
                if not fan.join:
                    self.advance([execution_id])
            if fan.join:
                self.advance([execution_id])


@dataclass
class HandEngine(RealEngine):
    """An engine without processes: `drain` does what the workers would do."""

    publisher: RecordingPublisher
    attempts: Attempts
    slots: Slots

    def drain(self, *, copies: int = 1) -> None:
        """Does every job, and those that they lead to, each as often as `copies` says."""
        while self.publisher.jobs:
            job = self.publisher.jobs.popleft()
            for _ in range(copies):
                self.do(job)

    def drain_advances(self) -> None:
        """Does only the jobs of the orchestrator; those of workers stay."""
        while any(job[0] == "advance" for job in self.publisher.jobs):
            for job in self.take("advance"):
                self.do(job)

    def work(self) -> None:
        """Does the jobs of workers that wait now, and advances their executions."""
        for job in self.take("execute"):
            self.do(job)
            self.app.advance(job[1])

    def do(self, job: Job) -> None:
        """Does one job as a worker does."""
        kind, execution_id, seq, attempt = job
        if kind == "advance":
            self.app.advance(execution_id)
            return
        try:
            self.attempts(execution_id, seq, attempt)
        except TaskRunFailed:
            return

    def take(self, kind: str) -> list[Job]:
        """Takes the jobs of a kind out of the list."""
        found = [job for job in self.publisher.jobs if job[0] == kind]
        self.publisher.jobs = deque(job for job in self.publisher.jobs if job[0] != kind)
        return found

    def ring(self) -> None:
        """What the sweeper does four times a second."""
        self.publisher.advance(self.app.sweep_store.ring())

    def wait(self, execution_id: str, *, within_s: float = DEADLINE_S) -> Ended:
        """Works until the execution is done, dates that come included."""

        def is_done() -> bool:
            self.drain()
            self.ring()
            return self.execution(execution_id).done_us is not None and not self.publisher.jobs

        self.wait_for(is_done, f"{execution_id} to end", within_s=within_s)
        return self.look(execution_id)

    def claim(self, execution_id: str, seq: int = 1, attempt: int = 1, owner: str = "me") -> tuple[TaskRun, Execution]:
        claimed = self.app.claims.claim(execution_id, seq, attempt, owner)
        assert claimed is not None
        return claimed

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """The rows of a SELECT."""
        with self.app.database.read() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement), values)]

    def change(self, statement: str, **values: object) -> None:
        """Changes rows behind the engine's back."""
        with self.app.database.write() as connection:
            connection.execute(sa.text(statement), values)


@contextmanager
def hand_engine(home: Path, database_url: str | None = None) -> Iterator[HandEngine]:
    """An engine of its own, on SQLite unless told otherwise."""
    environ = {"CELERIAC_HOME": str(home), "CELERIAC_RUNNER": "process", "CELERIAC_LOG_CAP_BYTES": "200000"}
    if database_url is not None:
        environ["CELERIAC_DATABASE_URL"] = database_url
    settings = Settings.from_environ(environ)
    settings.home.mkdir(parents=True, exist_ok=True)
    publisher = RecordingPublisher()
    app = build(settings, publisher)
    app.migrate()
    slots = _slots(app, settings)
    try:
        yield HandEngine(app, home, publisher, app.attempts("me", slots), slots)
    finally:
        slots.close()
        app.close()


def _slots(app: App, settings: Settings) -> Slots:
    runners = Runners(RunnerSettings(cache=settings.home / "cache", environ=dict(os.environ)), settings.runner, "")
    return Slots(app.claims, runners, settings.log_cap_bytes)


@contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """A database of its own on a server: its URL."""
    name = f"test_{secrets.token_hex(6)}"
    server = sa.create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield server_url.rpartition("/")[0] + f"/{name}"
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
