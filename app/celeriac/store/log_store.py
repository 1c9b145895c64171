"""Log lines: read as they come, in order of time, or deleted. Written by claim_store and visit_writer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from celeriac.store.database import Database
from celeriac.store.tables import ATTEMPT, EXECUTION, LOG, RUN

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")

_since = sa.bindparam("since", 0, sa.BigInteger)
_attempts = sa.union_all(
    sa.select(RUN.c.seq, RUN.c.attempt).where(
        RUN.c.execution_id == sa.bindparam("x"), sa.or_(RUN.c.ended_us.is_(None), RUN.c.ended_us >= _since)
    ),
    sa.select(ATTEMPT.c.seq, ATTEMPT.c.attempt).where(
        ATTEMPT.c.execution_id == sa.bindparam("x"), sa.or_(ATTEMPT.c.ended_us.is_(None), ATTEMPT.c.ended_us >= _since)
    ),
    sa.select(sa.literal_column("0"), sa.literal_column("1")),
).subquery()
"""The attempts of an execution that have not ended before `since`; seq 0 = the execution itself."""
_own = (LOG.c.execution_id == sa.bindparam("x"), LOG.c.seq == _attempts.c.seq, LOG.c.attempt == _attempts.c.attempt)
_last_lines = sa.select(
    _attempts.c.seq, _attempts.c.attempt, sa.select(sa.func.max(LOG.c.line)).where(*_own).scalar_subquery()
)
"""The last line of each attempt: one look into the index for each, where GROUP BY would read every line."""
_first_times = sa.select(
    _attempts.c.seq,
    _attempts.c.attempt,
    sa.select(LOG.c.at_us).where(*_own).order_by(LOG.c.line).limit(1).scalar_subquery().label("first_us"),
)
_last_times = sa.select(
    _attempts.c.seq,
    _attempts.c.attempt,
    sa.select(LOG.c.at_us).where(*_own).order_by(LOG.c.line.desc()).limit(1).scalar_subquery().label("last_us"),
)
_columns = (LOG, RUN.c.task_id, EXECUTION.c.namespace, EXECUTION.c.flow_id)
_lines = (
    sa.select(*_columns)
    .join(EXECUTION, EXECUTION.c.id == LOG.c.execution_id)
    .outerjoin(RUN, sa.and_(RUN.c.execution_id == LOG.c.execution_id, RUN.c.seq == LOG.c.seq))
)

LogCursor = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class StoredLog:
    """A log line with the task that wrote it; task_id None = of the execution itself."""

    execution_id: str
    namespace: str
    flow_id: str
    seq: int
    task_id: str | None
    attempt: int
    line: int
    level: str
    message: str
    at_us: int


@dataclass(frozen=True, slots=True)
class WrittenAttempt:
    """An attempt that has log lines, and when the first was written. seq 0 = the execution itself."""

    seq: int
    attempt: int
    first_us: int


class LogStore:
    """Reads and deletes log lines."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def news(
        self, execution_ids: Sequence[str], after: LogCursor, limit: int, since_us: int = 0
    ) -> tuple[list[StoredLog], LogCursor]:
        """Lines that are newer than the cursor, {execution id: {"seq/attempt": last line}}, in order of time.

        One cursor per attempt: lines commit in order within an attempt, not among them. `limit` lines of each at most.
        since_us: attempts that ended before have been read to their end.
        """
        found: list[StoredLog] = []
        cursor = {key: dict(lines) for key, lines in after.items()}
        with self.database.read() as connection:
            for execution_id in execution_ids:
                lines = cursor.setdefault(execution_id, {})
                for seq, attempt, last in connection.execute(_last_lines, {"x": execution_id, "since": since_us}).all():
                    key = f"{seq}/{attempt}"
                    seen = lines.get(key, -1)
                    if last is None or last <= seen:
                        continue
                    new = _of_attempt(connection, execution_id, seq, attempt, seen, limit)
                    found += new
                    lines[key] = new[-1].line if new else seen
        found.sort(key=lambda one: (one.at_us, one.seq, one.line))
        return found, cursor

    def end(self, execution_id: str) -> dict[str, int]:
        """{"seq/attempt": its last line}: the cursor of somebody who has seen every line."""
        with self.database.read() as connection:
            rows = connection.execute(_last_lines, {"x": execution_id}).all()
            return {f"{seq}/{attempt}": last for seq, attempt, last in rows if last is not None}

    def tail(self, execution_id: str, levels: Iterable[str], limit: int) -> list[StoredLog]:
        """The newest lines in order of time; reads the attempts that wrote last."""
        found: list[StoredLog] = []
        with self.database.read() as connection:
            rows = connection.execute(_last_times, {"x": execution_id}).all()
            attempts = sorted((row for row in rows if row.last_us is not None), key=lambda row: -row.last_us)
            for seq, attempt, last_us in attempts:
                if len(found) >= limit and last_us < found[-limit].at_us:
                    break
                own = (LOG.c.execution_id == execution_id, LOG.c.seq == seq, LOG.c.attempt == attempt)
                statement = _lines.where(*own, LOG.c.level.in_(list(levels))).order_by(LOG.c.line.desc()).limit(limit)
                found += [_line(row) for row in connection.execute(statement).mappings()]
                found.sort(key=lambda one: (one.at_us, one.seq, one.line))
        return found[-limit:]

    def written(
        self, execution_id: str, *, seq: int | None = None, task_id: str | None = None, attempt: int | None = None
    ) -> list[WrittenAttempt]:
        """The attempts with lines, in order of their first line; of a task run, a task, or an attempt's number only."""
        statement = _first_times
        if seq is not None:
            statement = statement.where(_attempts.c.seq == seq)
        if attempt is not None:
            statement = statement.where(_attempts.c.attempt == attempt)
        if task_id is not None:
            of_task = sa.select(RUN.c.seq).where(RUN.c.execution_id == sa.bindparam("x"), RUN.c.task_id == task_id)
            statement = statement.where(_attempts.c.seq.in_(of_task))
        with self.database.read() as connection:
            rows = connection.execute(statement, {"x": execution_id}).all()
        found = [WrittenAttempt(*row) for row in rows if row.first_us is not None]
        return sorted(found, key=lambda one: (one.first_us, one.seq, one.attempt))

    def lines(
        self, execution_id: str, seq: int, attempt: int, after: int, limit: int, levels: Iterable[str] = LEVELS
    ) -> list[StoredLog]:
        """Lines of an attempt behind the line `after`, -1 = all."""
        with self.database.read() as connection:
            return _of_attempt(connection, execution_id, seq, attempt, after, limit, levels)

    def newest(self, execution_id: str, levels: Iterable[str], q: str, limit: int) -> list[StoredLog]:
        """The newest lines of an execution that contain a text, whatever its case; the newest first."""
        statement = _lines.where(LOG.c.execution_id == execution_id, LOG.c.level.in_(list(levels)))
        if q:
            statement = statement.where(sa.func.lower(LOG.c.message).contains(q.lower(), autoescape=True))
        statement = statement.order_by(LOG.c.at_us.desc(), LOG.c.seq.desc(), LOG.c.line.desc()).limit(limit)
        with self.database.read() as connection:
            return [_line(row) for row in connection.execute(statement).mappings()]

    def delete(
        self, execution_id: str, levels: Iterable[str] = LEVELS, *, seq: int | None = None, task_id: str | None = None
    ) -> int:
        """Deletes lines of an execution, of a task run or a task only; returns how many."""
        statement = LOG.delete().where(LOG.c.execution_id == execution_id, LOG.c.level.in_(list(levels)))
        if seq is not None:
            statement = statement.where(LOG.c.seq == seq)
        if task_id is not None:
            of_task = sa.select(RUN.c.seq).where(RUN.c.execution_id == execution_id, RUN.c.task_id == task_id)
            statement = statement.where(LOG.c.seq.in_(of_task))
        with self.database.write() as connection:
            return connection.execute(statement).rowcount


def _of_attempt(
    connection: Connection,
    execution_id: str,
    seq: int,
    attempt: int,
    after: int,
    limit: int,
    levels: Iterable[str] = LEVELS,
) -> list[StoredLog]:
    statement = _lines.where(
        LOG.c.execution_id == execution_id, LOG.c.seq == seq, LOG.c.attempt == attempt, LOG.c.line > after
    )
    if set(levels) != set(LEVELS):
        statement = statement.where(LOG.c.level.in_(list(levels)))
    return [_line(row) for row in connection.execute(statement.order_by(LOG.c.line).limit(limit)).mappings()]


def _line(row: RowMapping) -> StoredLog:
    return StoredLog(**{name: row[name] for name in StoredLog.__dataclass_fields__})
