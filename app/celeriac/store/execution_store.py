"""Executions, their task runs and frames: the repository that services use."""

from collections.abc import Sequence

import sqlalchemy as sa

from celeriac.core.execution import Changes, Execution, Letter, Once, Visit
from celeriac.core.frames import TaskRun
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.rows import execution_from, run_from
from celeriac.store.tables import EXECUTION, LOG, RUN, STARTED, VALUE
from celeriac.store.visit_reader import VisitReader
from celeriac.store.visit_writer import Stale, VisitWriter

__all__ = ["AlreadyStarted", "ExecutionStore", "Stale"]

_values = sa.select(VALUE.c.i, VALUE.c.value).where(
    VALUE.c.execution_id == sa.bindparam("x"),
    VALUE.c.seq == sa.bindparam("s"),
    VALUE.c.i >= sa.bindparam("lo"),
    VALUE.c.i < sa.bindparam("hi"),
)


class AlreadyStarted(Exception):
    """What asked for an execution has already started one; nothing was written."""

    def __init__(self, execution_id: str) -> None:
        super().__init__(execution_id)
        self.execution_id = execution_id


class ExecutionStore:
    """Executions in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._reader = VisitReader(database)
        self._writer = VisitWriter(database)

    def load(self, execution_id: str) -> Visit | None:
        """What a visit needs; None when there is no such execution."""
        return self._reader.load(execution_id)

    def save(self, changes: Changes) -> None:
        """Writes a visit. Raises: Stale, and then nothing is written."""
        self._writer.save(changes)

    def loop_values(self, execution_id: str, seq: int, start: int, end: int) -> dict[int, str]:
        """{iteration: value} of a loop, a range of it."""
        with self.database.read() as connection:
            rows = connection.execute(_values, {"x": execution_id, "s": seq, "lo": start, "hi": end})
            return {row.i: row.value for row in rows}

    def get(self, execution_id: str) -> Execution | None:
        """The execution alone."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(EXECUTION).where(EXECUTION.c.id == execution_id)).mappings().first()
            return execution_from(row) if row else None

    def first_paused(self, execution_id: str) -> TaskRun | None:
        """The first task run that pauses the execution; None when somebody has paused it by hand."""
        statement = sa.select(RUN).where(RUN.c.execution_id == execution_id, RUN.c.state == State.PAUSED.value)
        with self.database.read() as connection:
            row = connection.execute(statement.order_by(RUN.c.seq).limit(1)).mappings().first()
            return run_from(row) if row else None

    def create(self, execution: Execution, once: Once | None = None) -> None:
        """A new execution and the fact that makes it start. Raises: AlreadyStarted, `once` has started another."""
        try:
            with self.database.write() as connection:
                if once is not None:
                    values = {"scope": once.scope, "key": once.key, "execution_id": execution.id}
                    connection.execute(STARTED.insert().values(**values, at_us=self._now))
                self._writer.insert_executions(connection, [execution])
        except sa.exc.IntegrityError:
            started = self.started(once) if once is not None else None
            if started is None:
                raise
            raise AlreadyStarted(started) from None

    def started(self, once: Once) -> str | None:
        """The execution that this has started."""
        statement = sa.select(STARTED.c.execution_id).where(STARTED.c.scope == once.scope, STARTED.c.key == once.key)
        with self.database.read() as connection:
            found: str | None = connection.execute(statement).scalar()
            return found

    def log(self, execution_id: str, level: str, messages: Sequence[str]) -> None:
        """Messages of the execution itself."""
        with self.database.write() as connection:
            now = connection.execute(sa.select(self._now)).scalar_one()
            connection.execute(
                LOG.insert(),
                [
                    {
                        "execution_id": execution_id,
                        "seq": 0,
                        "attempt": 1,
                        "line": now + i,
                        "level": level,
                        "message": message,
                        "at_us": now + i,
                    }
                    for i, message in enumerate(messages)
                ],
            )

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Inbox rows in a transaction of their own: commands from outside."""
        with self.database.write() as connection:
            self._writer.insert_letters(connection, letters)

    def poison(self, execution_id: str) -> int:
        """Counts a visit that raised; returns how many in a row."""
        with self.database.write() as connection:
            statement = (
                EXECUTION.update().where(EXECUTION.c.id == execution_id).values(poisoned=EXECUTION.c.poisoned + 1)
            )
            row = connection.execute(statement.returning(EXECUTION.c.poisoned)).first()
            return row[0] if row else 0
