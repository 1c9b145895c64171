"""Failures as people ask for them: what broke this execution, which flows fail, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from celeriac.core.execution import new_execution_id, task_run_id
from celeriac.services.variables import iso
from celeriac.store.failure_store import FailedRun, FailingFlow, FailureStore, Line

LONGEST = 4000
"""Characters kept of a message; the log has all of it."""
LogLine = tuple[str, str, str | None]
"""(level, message, ISO time)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The task run that broke an execution. lines: its last log lines, oldest first."""

    task_id: str
    task_run_id: str
    value: str | None
    message: str
    lines: tuple[LogLine, ...] = ()

    @property
    def first_line(self) -> str:
        """The message cut to one line."""
        return self.message.strip().partition("\n")[0]


@dataclass(frozen=True, slots=True)
class FlowFailures:
    """The failures of one flow since a time; `last` is what broke the newest, at the ISO time
    `last_at`."""

    namespace: str
    flow_id: str
    count: int
    last_id: str
    last_at: str | None
    last: Failure | None


class Failures:
    """Reads what broke."""

    def __init__(self, store: FailureStore) -> None:
        self._store = store

    def of(self, execution_ids: Sequence[str]) -> dict[str, Failure]:
        """{execution id: failure}, for those that have a failed task run; without lines."""
        if not execution_ids:
            return {}
        found = self._store.failed_runs(execution_ids)
        return {execution_id: self._failure(run) for execution_id, run in found.items()}

    def explain(self, execution_id: str, lines: int = 5) -> Failure | None:
        """What broke the execution, with the last log lines; None when nothing has."""
        run = self._store.failed_runs([execution_id]).get(execution_id)
        return None if run is None else self._failure(run, self._tail(run, lines))

    def last_lines(self, execution_id: str, seq: int, attempt: int, count: int) -> tuple[LogLine, ...]:
        """The last log lines of an attempt, counted from 1."""
        return _shown(self._store.tail(execution_id, seq, attempt, count))

    def by_flow(self, since: datetime, limit: int = 8) -> list[FlowFailures]:
        """The flows that have failed since, the newest failure first."""
        flows = self._store.failing_flows(new_execution_id(int(since.timestamp() * 1000), 0), limit)
        reasons = self.of([flow.last_id for flow in flows])
        return [self._of_flow(flow, reasons.get(flow.last_id)) for flow in flows]

    def _of_flow(self, flow: FailingFlow, last: Failure | None) -> FlowFailures:
        return FlowFailures(flow.namespace, flow.flow_id, flow.count, flow.last_id, iso(flow.last_us), last)

    def _failure(self, run: FailedRun, lines: Sequence[Line] = ()) -> Failure:
        errors = self._tail(run, 1, "ERROR")
        message = errors[-1].message[:LONGEST] if errors else ""
        return Failure(run.task_id, task_run_id(run.execution_id, run.seq), run.value, message, _shown(lines))

    def _tail(self, run: FailedRun, count: int, level: str | None = None) -> list[Line]:
        return self._store.tail(run.execution_id, run.seq, run.attempt, count, level)


def _shown(lines: Sequence[Line]) -> tuple[LogLine, ...]:
    return tuple((line.level, line.message[:LONGEST], iso(line.at_us)) for line in lines)
