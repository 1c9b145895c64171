"""Which task run broke an execution, and what it said last: read only, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.store.database import Database
from celeriac.store.tables import EXECUTION, LOG, RUN

BROKEN = ("FAILED", "LOST")


@dataclass(frozen=True, slots=True)
class FailedRun:
    """The task run that failed first in its execution and has no failed child."""

    execution_id: str
    seq: int
    task_id: str
    value: str | None
    attempt: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class FailingFlow:
    """How often executions of a flow failed since a time, and the last of them."""

    namespace: str
    flow_id: str
    count: int
    last_id: str
    last_us: int


@dataclass(frozen=True, slots=True)
class Line:
    """A log line."""

    level: str
    message: str
    at_us: int


class FailureStore:
    """Reads failures."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def failed_runs(self, execution_ids: Sequence[str]) -> dict[str, FailedRun]:
        """{execution id: its failed task run}, for those that have one."""
        child = RUN.alias("child")
        has_failed_child = sa.exists().where(
            child.c.execution_id == RUN.c.execution_id, child.c.parent_seq == RUN.c.seq, child.c.state.in_(BROKEN)
        )
        statement = (
            sa.select(
                RUN.c.execution_id,
                RUN.c.seq,
                RUN.c.task_id,
                RUN.c.value,
                RUN.c.attempt,
                RUN.c.ended_us,
            )
            .where(RUN.c.execution_id.in_(execution_ids), RUN.c.state.in_(BROKEN), ~has_failed_child)
            .order_by(RUN.c.ended_us.desc(), RUN.c.seq.desc())
        )
        with self.database.read() as connection:
            return {row.execution_id: FailedRun(*row) for row in connection.execute(statement)}

    def tail(self, execution_id: str, seq: int, attempt: int, count: int, level: str | None = None) -> list[Line]:
        """The last lines of an attempt, oldest first."""
        statement = (
            sa.select(LOG.c.level, LOG.c.message, LOG.c.at_us)
            .where(LOG.c.execution_id == execution_id, LOG.c.seq == seq, LOG.c.attempt == attempt)
            .order_by(LOG.c.line.desc())
            .limit(count)
        )
        if level is not None:
            statement = statement.where(LOG.c.level == level)
        with self.database.read() as connection:
            return [Line(*row) for row in connection.execute(statement)][::-1]

    def failing_flows(self, since_id: str, limit: int) -> list[FailingFlow]:
        """Flows with FAILED executions whose ids are at least `since_id`, the newest failure first."""
        last = sa.func.max(EXECUTION.c.id)
        statement = (
            sa.select(
                EXECUTION.c.namespace, EXECUTION.c.flow_id, sa.func.count(), last, sa.func.max(EXECUTION.c.created_us)
            )
            .where(EXECUTION.c.state == "FAILED", EXECUTION.c.id >= since_id)
            .group_by(EXECUTION.c.namespace, EXECUTION.c.flow_id)
            .order_by(last.desc())
            .limit(limit)
        )
        with self.database.read() as connection:
            return [FailingFlow(*row) for row in connection.execute(statement)]
