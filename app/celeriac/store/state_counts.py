"""How many executions are in which state, for monitoring."""

import sqlalchemy as sa

from celeriac.store.database import Database
from celeriac.store.execution_conditions import first_id
from celeriac.store.tables import EXECUTION

COUNTED = 100_000
"""No more are looked at: who watches must not be what is slow."""


class StateCounts:
    """Counts rows by their indexes."""

    def __init__(self, database: Database, cell: str) -> None:
        self._database = database
        self._cell = cell

    def open(self) -> dict[str, int]:
        """{state: executions that have not ended}, of this cell."""
        return self._counted(EXECUTION.c.cell == self._cell, EXECUTION.c.done_us.is_(None))

    def created_since(self, at_ms: int) -> dict[str, int]:
        """{state now: executions created since a date, milliseconds since the epoch}, of all cells."""
        return self._counted(EXECUTION.c.id >= first_id(at_ms))

    def _counted(self, *where: sa.ColumnElement[bool]) -> dict[str, int]:
        rows = sa.select(EXECUTION.c.state).where(*where).limit(COUNTED).subquery()
        statement = sa.select(rows.c.state, sa.func.count()).group_by(rows.c.state)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}
