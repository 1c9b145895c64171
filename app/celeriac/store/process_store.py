"""Rows of the processes that are no workers: who lives, and what each tells about itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.tables import PROCESS

DEAD_S = 60
"""A process that has not been seen for so long is forgotten."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process. silent_s: seconds since its last sign of life, by the clock of the database."""

    id: str
    role: str
    cell: str
    host: str
    pid: int
    detail: Mapping[str, Any] | None
    started_us: int
    silent_s: float


class ProcessStore:
    """Written by the processes themselves."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)

    def beat(self, process_id: str, role: str, cell: str, host: str, pid: int, detail: Mapping[str, Any]) -> None:
        """A sign of life; the first one makes the row. Removes rows of the dead."""
        own = {"role": role, "cell": cell, "host": host, "pid": pid}
        seen = {"detail": dict(detail) or None, "seen_us": self._now}
        statement = self.database.insert(PROCESS).values(id=process_id, **own, **seen, started_us=self._now)
        with self.database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=[PROCESS.c.id], set_=seen))
            connection.execute(PROCESS.delete().where(PROCESS.c.seen_us < self._now - DEAD_S * 1_000_000))

    def remove(self, process_id: str) -> None:
        """The process ends."""
        with self.database.write() as connection:
            connection.execute(PROCESS.delete().where(PROCESS.c.id == process_id))

    def seen_within(self, seconds: float) -> list[ProcessRow]:
        """Those whose last sign of life is not older, by role and start."""
        silent_s = (self._now - PROCESS.c.seen_us) / 1_000_000.0
        own = (PROCESS.c.id, PROCESS.c.role, PROCESS.c.cell, PROCESS.c.host, PROCESS.c.pid, PROCESS.c.detail)
        statement = (
            sa.select(*own, PROCESS.c.started_us, sa.cast(silent_s, sa.Float))
            .where(PROCESS.c.seen_us >= self._now - int(seconds * 1_000_000))
            .order_by(PROCESS.c.role, PROCESS.c.started_us, PROCESS.c.id)
        )
        with self.database.read() as connection:
            return [ProcessRow(*row) for row in connection.execute(statement)]
