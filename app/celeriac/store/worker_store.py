"""A worker's own row: its sign of life, and what it owns in return (engine.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.core.state import State
from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.tables import RUN, WORKER


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker process. runners: the task runners that it has. silent_s: seconds since its last sign of life."""

    id: str
    cell: str
    host: str
    pid: int
    runners: Sequence[str]
    silent_s: float


class WorkerStore:
    """Rows of workers, written by themselves."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database) -> None:
        self.database = database
        now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._now = now
        self._beat = (
            WORKER.update().where(WORKER.c.id == sa.bindparam("me")).values(beat=WORKER.c.beat + 1, seen_us=now)
        )
        self._owned = sa.select(RUN.c.execution_id, RUN.c.seq, RUN.c.fence, RUN.c.state).where(
            RUN.c.owner == sa.bindparam("me")
        )

    def register(self, worker_id: str, cell: str, host: str, pid: int, runners: Sequence[str]) -> None:
        """The worker's row."""
        with self.database.write() as connection:
            connection.execute(WORKER.delete().where(WORKER.c.id == worker_id))
            connection.execute(
                WORKER.insert().values(
                    id=worker_id, cell=cell, beat=0, host=host, pid=pid, runners=list(runners), seen_us=self._now
                )
            )

    def seen_within(self, seconds: float) -> list[WorkerRow]:
        """Those whose last sign of life is not older, by their ids."""
        silent_s = sa.cast((self._now - WORKER.c.seen_us) / 1_000_000.0, sa.Float)
        own = (WORKER.c.id, WORKER.c.cell, WORKER.c.host, WORKER.c.pid, WORKER.c.runners)
        statement = sa.select(*own, silent_s).where(WORKER.c.seen_us >= self._now - int(seconds * 1_000_000))
        with self.database.read() as connection:
            return [WorkerRow(*row) for row in connection.execute(statement.order_by(WORKER.c.id))]

    def beat(self, worker_id: str) -> tuple[bool, dict[tuple[str, int], tuple[int, State]]]:
        """(the row is still there, {(execution id, seq): (fence, state)} of what the worker owns)."""
        with self.database.write() as connection:
            known = connection.execute(self._beat, {"me": worker_id}).rowcount == 1
        with self.database.read() as connection:
            rows = connection.execute(self._owned, {"me": worker_id})
            return known, {(row.execution_id, row.seq): (row.fence, State(row.state)) for row in rows}
