"""What is done to executions that have ended: no visit of `advance` goes on in them, so one transaction is enough.

It only happens when the fence is still as it was read, and raises it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.execution import Execution, Letter
from celeriac.core.frames import FLOW_SEQ
from celeriac.core.reopening import BROKEN
from celeriac.store.database import Database
from celeriac.store.flow_event_store import record_events
from celeriac.store.label_rows import write_labels
from celeriac.store.tables import (
    ATTEMPT,
    EXECUTION,
    EXECUTION_LABEL,
    FLOW_EVENT,
    FRAME,
    INBOX,
    LOG,
    METRIC,
    RUN,
    VALUE,
)
from celeriac.store.visit_writer import VisitWriter

_CHANGED = ("state", "labels", "histories", "outputs", "ended_us", "done_us")


class EndedStore:
    """Restarts, labels, states and deletes executions that have ended."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._writer = VisitWriter(database)

    def has_failed(self, execution_id: str) -> bool:
        """True when there is something at which a restart begins."""
        failed = sa.select(RUN.c.seq).where(
            RUN.c.execution_id == execution_id,
            RUN.c.parent_seq == FLOW_SEQ,
            RUN.c.branch == "tasks",
            RUN.c.state.in_(sorted(state.value for state in BROKEN)),
        )
        with self.database.read() as connection:
            return connection.execute(failed.limit(1)).first() is not None

    def change(self, execution: Execution, letters: Sequence[Letter] = ()) -> bool:
        """Writes state, labels, histories, outputs and ends; False when it is no longer as it was read.

        Facts of its former life are moot; only what its parent asks for stays.
        """
        values = {name: getattr(execution, name) for name in _CHANGED} | {"state": execution.state.value}
        with self.database.write() as connection:
            if not self._raise_fence(connection, execution, values):
                return False
            connection.execute(INBOX.delete().where(INBOX.c.execution_id == execution.id, INBOX.c.kind != "again"))
            write_labels(connection, execution)
            self._writer.insert_letters(connection, letters)
            record_events(connection, self._now, execution)
        return True

    def delete(self, execution: Execution, *, logs: bool, metrics: bool) -> bool:
        """Removes every row of it but what it has started once; False when it is no longer as it was read."""
        tables = [RUN, ATTEMPT, FRAME, INBOX, VALUE, EXECUTION_LABEL, FLOW_EVENT]
        tables += [LOG] if logs else []
        tables += [METRIC] if metrics else []
        with self.database.write() as connection:
            if not self._raise_fence(connection, execution, {"state": execution.state.value}):
                return False
            _delete(connection, execution.id, tables)
            connection.execute(EXECUTION.delete().where(EXECUTION.c.id == execution.id))
        return True

    @staticmethod
    def _raise_fence(connection: Connection, execution: Execution, values: dict[str, Any]) -> bool:
        statement = EXECUTION.update().where(
            EXECUTION.c.id == execution.id, EXECUTION.c.fence == execution.fence, EXECUTION.c.done_us.is_not(None)
        )
        return connection.execute(statement.values(values | {"fence": EXECUTION.c.fence + 1})).rowcount == 1


def _delete(connection: Connection, execution_id: str, tables: Iterable[sa.Table]) -> None:
    for table in tables:
        connection.execute(table.delete().where(table.c.execution_id == execution_id))
