"""An orchestrator and beats as processes, and flows whose dates can be counted."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from celeriac.settings import Settings
from celeriac.wiring import build
from engine.flow_text import RETURN
from real_engine import RealEngine

WITHIN_S = 60.0


@contextmanager
def running_orchestrator(settings: Settings) -> Iterator[RealEngine]:
    """An orchestrator, as a process, and what a test needs to look at what it does."""
    settings.home.mkdir(parents=True, exist_ok=True)
    app = build(settings)
    app.migrate()
    engine = RealEngine(app, settings.home)
    try:
        with role(engine, "orchestrator"):
            yield engine
    finally:
        app.close()


@contextmanager
def role(engine: RealEngine, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a role, from its first sign of life until the block ends."""
    log = engine.home / f"{name}-{time.monotonic_ns()}.log"
    environ = {**os.environ, **engine.app.settings.environ()}
    with log.open("wb") as output:
        argv = [sys.executable, "-m", "celeriac_workers", name]
        process = subprocess.Popen(argv, env=environ, stdout=output, stderr=output)
    try:
        engine.wait_for(lambda: is_alive(engine, process), f"{name} to begin: {log}", within_s=WITHIN_S)
        yield process
    finally:
        process.kill()
        process.wait()


def beat(engine: RealEngine) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A process of the role beat."""
    return role(engine, "beat")


def is_alive(engine: RealEngine, process: subprocess.Popen[bytes]) -> bool:
    """True when the process has written a sign of life."""
    assert process.poll() is None
    return any(one.pid == process.pid for one in engine.app.processes.living())


def ticking(flow_id: str) -> str:
    """A flow that is to start each second."""
    return f"""id: {flow_id}
namespace: tests
tasks:
  - {{id: date, type: {RETURN}, format: "{{{{ trigger.date }}}}"}}
triggers:
  - {{id: each, type: io.kestra.plugin.core.trigger.Schedule, cron: "* * * * * *", withSeconds: true}}
"""


def dates(engine: RealEngine, flow_id: str) -> list[datetime]:
    """The dates for which executions were started, in the order of the starts."""
    found = engine.app.listing.last_runs([("tests", flow_id)], 200)["tests", flow_id]
    triggers = [engine.execution(run.id).trigger or {} for run in found]
    return [datetime.fromisoformat(one["variables"]["date"]) for one in triggers]


def wait_for_dates(engine: RealEngine, flow_id: str, count: int) -> list[datetime]:
    """The dates when there are so many more of them than now."""
    wanted = len(dates(engine, flow_id)) + count
    engine.wait_for(lambda: len(dates(engine, flow_id)) >= wanted, f"{count} dates", within_s=WITHIN_S)
    return dates(engine, flow_id)


def assert_each_once(found: list[datetime]) -> None:
    """No date twice, none left out, each in its turn."""
    assert found == [found[0] + timedelta(seconds=i) for i in range(len(found))]


@contextmanager
def ticks(engine: RealEngine, flow_id: str) -> Iterator[str]:
    """A flow that starts each second, until the block ends."""
    engine.register(ticking(flow_id))
    yield flow_id
    engine.app.flows.delete("tests", flow_id)
