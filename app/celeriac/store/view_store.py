"""Executions as people look at them: read only, never part of a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.core.execution import Execution
from celeriac.core.frames import TaskRun
from celeriac.store.database import Database
from celeriac.store.rows import execution_from, run_from
from celeriac.store.tables import ATTEMPT, EXECUTION, LOG, RUN

_VISIBLE = RUN.c.state != "PLANNED"

_attempts = sa.union_all(
    sa.select(RUN.c.seq, RUN.c.attempt).where(RUN.c.execution_id == sa.bindparam("x")),
    sa.select(ATTEMPT.c.seq, ATTEMPT.c.attempt).where(ATTEMPT.c.execution_id == sa.bindparam("x")),
    sa.select(sa.literal_column("0"), sa.literal_column("1")),
).subquery()
_last_lines = sa.select(
    _attempts.c.seq,
    _attempts.c.attempt,
    sa.select(sa.func.max(LOG.c.line))
    .where(LOG.c.execution_id == sa.bindparam("x"), LOG.c.seq == _attempts.c.seq, LOG.c.attempt == _attempts.c.attempt)
    .scalar_subquery(),
)
"""The last line of each attempt: one look into the index for each, where GROUP BY would read every line."""

LogCursor = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """A superseded attempt."""

    seq: int
    attempt: int
    state: str
    started_us: int | None
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class StoredLog:
    """A log line with the task that wrote it; task_id None = of the execution itself."""

    execution_id: str
    seq: int
    task_id: str | None
    attempt: int
    line: int
    level: str
    message: str
    at_us: int


class ViewStore:
    """Reads executions for API, CLI and dashboard."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def execution(self, execution_id: str) -> Execution | None:
        """The execution's row."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(EXECUTION).where(EXECUTION.c.id == execution_id)).mappings().first()
            return execution_from(row) if row else None

    def children(self, execution_id: str) -> list[str]:
        """Ids of the executions that its tasks started, oldest first."""
        statement = sa.select(EXECUTION.c.id).where(EXECUTION.c.parent_id == execution_id).order_by(EXECUTION.c.id)
        with self.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def task_runs(self, execution_id: str, changed_since_us: int = 0) -> list[TaskRun]:
        """Task runs in order of creation; with a time, those that have changed since, or are open."""
        statement = sa.select(RUN).where(RUN.c.execution_id == execution_id, _VISIBLE).order_by(RUN.c.seq)
        if changed_since_us:
            statement = statement.where(
                sa.or_(
                    RUN.c.ended_us.is_(None), RUN.c.ended_us >= changed_since_us, RUN.c.created_us >= changed_since_us
                )
            )
        with self.database.read() as connection:
            return [run_from(row) for row in connection.execute(statement).mappings()]

    def attempts(self, execution_id: str) -> list[PastAttempt]:
        """Superseded attempts, in order."""
        statement = (
            sa.select(ATTEMPT.c.seq, ATTEMPT.c.attempt, ATTEMPT.c.state, ATTEMPT.c.started_us, ATTEMPT.c.ended_us)
            .where(ATTEMPT.c.execution_id == execution_id)
            .order_by(ATTEMPT.c.seq, ATTEMPT.c.attempt)
        )
        with self.database.read() as connection:
            return [PastAttempt(*row) for row in connection.execute(statement)]

    def logs(self, execution_ids: Sequence[str], after: LogCursor, limit: int) -> tuple[list[StoredLog], LogCursor]:
        """Lines that are newer than the cursor, {execution id: {"seq/attempt": last line}}, in order of time.

        One cursor per attempt: lines commit in order within an attempt, not among them.
        """
        found: list[StoredLog] = []
        cursor = {key: dict(lines) for key, lines in after.items()}
        with self.database.read() as connection:
            for execution_id in execution_ids:
                lines = cursor.setdefault(execution_id, {})
                found += self._new_logs(connection, execution_id, lines, limit)
        found.sort(key=lambda one: (one.at_us, one.seq, one.line))
        return found, cursor

    def _new_logs(
        self, connection: sa.Connection, execution_id: str, lines: dict[str, int], limit: int
    ) -> list[StoredLog]:
        found: list[StoredLog] = []
        for seq, attempt, last in connection.execute(_last_lines, {"x": execution_id}).all():
            key = f"{seq}/{attempt}"
            seen = lines.get(key, -1)
            if last is None or last <= seen:
                continue
            statement = (
                sa.select(LOG, RUN.c.task_id)
                .outerjoin(RUN, sa.and_(RUN.c.execution_id == LOG.c.execution_id, RUN.c.seq == LOG.c.seq))
                .where(
                    LOG.c.execution_id == execution_id, LOG.c.seq == seq, LOG.c.attempt == attempt, LOG.c.line > seen
                )
                .order_by(LOG.c.line)
                .limit(limit)
            )
            rows = connection.execute(statement).mappings().all()
            found += [
                StoredLog(
                    execution_id,
                    row["seq"],
                    row["task_id"],
                    row["attempt"],
                    row["line"],
                    row["level"],
                    row["message"],
                    row["at_us"],
                )
                for row in rows
            ]
            lines[key] = rows[-1]["line"] if rows else seen
        return found

    def now_us(self) -> int:
        """The database's clock."""
        with self.database.read() as connection:
            value: int = connection.execute(sa.select(sa.literal_column(self.database.now_sql))).scalar_one()
            return value
