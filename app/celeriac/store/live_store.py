"""What has changed since one looked: small reads for those that watch, some times a second."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from celeriac.core.execution import Execution
from celeriac.core.state import State
from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.rows import execution_from
from celeriac.store.tables import EXECUTION, FLOW_HEAD, RUN

_OPEN = [state.value for state in State if not state.is_terminal]
MOST = 500
"""Open executions in one state, and new ones, that one look takes note of."""
_LATE_US = 5_000_000
"""A transaction that takes longer to commit may be overlooked: times are set before the commit."""

_newest_open = sa.union_all(
    *(
        sa.select(
            sa.select(EXECUTION.c.id, EXECUTION.c.state)
            .where(EXECUTION.c.state == state)
            .order_by(EXECUTION.c.id.desc())
            .limit(MOST)
            .subquery()
        )
        for state in _OPEN
    )
)

Mark = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pulse:
    """An execution now. marks: {number of a task run: what tells its versions apart}, of what may have changed."""

    execution: Execution
    marks: dict[int, Mark]
    now_us: int


class LiveStore:
    """Reads for the feed of changes."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)

    def pulse(self, execution_id: str, since_us: int) -> Pulse | None:
        """The execution with its open task runs and those that began or ended since, less 5 s; None = it is gone."""
        since_us -= _LATE_US
        marks = sa.select(
            RUN.c.seq, RUN.c.state, RUN.c.attempt, RUN.c.attempt_state, RUN.c.fence, RUN.c.started_us, RUN.c.ended_us
        ).where(
            RUN.c.execution_id == execution_id,
            RUN.c.state != State.PLANNED.value,
            sa.or_(RUN.c.ended_us.is_(None), RUN.c.ended_us >= since_us, RUN.c.created_us >= since_us),
        )
        with self.database.read() as connection:
            found = connection.execute(
                sa.select(EXECUTION, self._now.label("now_us")).where(EXECUTION.c.id == execution_id)
            )
            row = found.mappings().first()
            if row is None:
                return None
            rows = connection.execute(marks).all()
            return Pulse(execution_from(row), {one.seq: tuple(one)[1:] for one in rows}, row["now_us"])

    def look(self, execution_id: str) -> tuple[bool, int]:
        """(whether nothing more will happen in an execution, the database's clock)."""
        is_open = sa.exists().where(EXECUTION.c.id == execution_id, EXECUTION.c.done_us.is_(None))
        with self.database.read() as connection:
            row = connection.execute(sa.select(is_open, self._now)).one()
            return not row[0], row[1]

    def open_executions(self) -> dict[str, str]:
        """{id: state} of the newest open executions of each state."""
        with self.database.read() as connection:
            return {row.id: row.state for row in connection.execute(_newest_open)}

    def newer(self, than: str) -> list[str]:
        """The ids behind one, oldest first."""
        statement = sa.select(EXECUTION.c.id).where(EXECUTION.c.id > than).order_by(EXECUTION.c.id).limit(MOST)
        with self.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def newest(self) -> str:
        """The newest id, empty when there is none."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.max(EXECUTION.c.id))).scalar() or ""

    def flows_mark(self) -> Mark:
        """What tells versions of the list of flows apart."""
        with self.database.read() as connection:
            row = connection.execute(
                sa.select(sa.func.count(), sa.func.max(FLOW_HEAD.c.updated_us), sa.func.sum(FLOW_HEAD.c.revision))
            )
            return tuple(row.one())
