"""What a benchmark runs on: a Valkey, the roles of Celeriac and a plain Celery worker, each a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from celeriac.cli import valkey
from celeriac.settings import Settings
from celeriac.store.tables import EXECUTION
from celeriac.wiring import App, build

ROLES = ("orchestrator", "worker")
POLL_S = 0.001
DEADLINE_S = 300.0


@dataclass(frozen=True)
class Cluster:
    """Everything that runs. `app` starts and reads executions, as the CLI does."""

    app: App
    broker_url: str
    processes: dict[str, "subprocess.Popen[bytes]"]

    def run(self, flow: str) -> float:
        """Runs a flow that is registered to its end: seconds from the request to the end. Raises: AssertionError."""
        namespace, _, flow_id = flow.rpartition(".")
        begin = time.perf_counter()
        execution_id = self.app.executions.start(namespace, flow_id)
        self._wait(execution_id)
        return time.perf_counter() - begin

    def open_executions(self) -> int:
        """How many have not ended, or have still something to do."""
        with self.app.database.read() as connection:
            statement = sa.select(sa.func.count()).select_from(EXECUTION).where(EXECUTION.c.done_us.is_(None))
            return int(connection.execute(statement).scalar_one())

    def cpu_s(self) -> float:
        """Processor time that the orchestrator, the worker and their ended children took so far."""
        return sum(_cpu_s(self.processes[role].pid) for role in ("orchestrator", "worker"))

    def _wait(self, execution_id: str) -> None:
        deadline = time.perf_counter() + DEADLINE_S
        store = self.app.surroundings.executions
        while True:
            execution = store.get(execution_id)
            assert execution is not None and time.perf_counter() < deadline
            if execution.done_us is not None:
                assert execution.state.value == "SUCCESS", f"{execution_id} ended {execution.state.value}"
                return
            time.sleep(POLL_S)


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """A cluster with its state in a folder; ends with the block."""
    with ExitStack() as stack:
        server = valkey.prepare(folder)
        broker = stack.enter_context(process(server.argv, {}, folder / "valkey.log"))
        assert valkey.wait_until_ready(server, lambda: broker.poll() is None)
        settings = Settings.from_environ(
            {"CELERIAC_HOME": str(folder), "CELERIAC_BROKER_URL": server.url, "CELERIAC_RUNNER": "process"}
        )
        app = build(settings)
        stack.callback(app.close)
        app.migrate()
        processes = {
            role: stack.enter_context(
                process((sys.executable, "-m", "celeriac_workers", role), settings.environ(), folder / f"{role}.log")
            )
            for role in ROLES
        }
        yield Cluster(app, server.url, processes)


@contextmanager
def plain_worker(broker_url: str, pool: str, folder: Path) -> Iterator[Any]:
    """A plain Celery worker with that pool; gives the task that does nothing."""
    from plain import make_app

    environ = {"BENCH_BROKER_URL": broker_url, "BENCH_QUEUE": f"plain-{pool}"}
    size = {"solo": "1", "prefork": "2"}.get(pool, "16")
    argv = (sys.executable, "-m", "celery", "-A", "plain", "worker", "-P", pool, "-c", size)
    quiet = ("-l", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat", "-Q", f"plain-{pool}")
    path = {"PYTHONPATH": str(Path(__file__).parent)}
    with process((*argv, *quiet), environ | path, folder / f"plain-{pool}.log"):
        yield make_app(broker_url, f"plain-{pool}").tasks["noop"]


@contextmanager
def process(argv: tuple[str, ...], environ: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        process = subprocess.Popen(argv, env={**os.environ, **environ}, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def timed(work: Callable[[], object]) -> float:
    """The seconds that it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
