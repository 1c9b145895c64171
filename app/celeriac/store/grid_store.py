"""Task runs of many executions at a glance: one row for each task of each execution."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.store.database import Database
from celeriac.store.tables import RUN


@dataclass(frozen=True, slots=True)
class TaskState:
    """How many runs of a task are in a state. seq: one of them."""

    execution_id: str
    task_id: str
    state: str
    count: int
    seq: int
    started_us: int | None
    ended_us: int | None


class GridStore:
    """Reads the states of tasks."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def states(self, execution_ids: Sequence[str]) -> list[TaskState]:
        """The states of the tasks of these executions, in order of creation."""
        first = sa.func.min(RUN.c.seq)
        statement = (
            sa.select(
                RUN.c.execution_id,
                RUN.c.task_id,
                RUN.c.state,
                sa.func.count(),
                first,
                sa.func.min(RUN.c.started_us),
                sa.func.max(RUN.c.ended_us),
            )
            .where(RUN.c.execution_id.in_(execution_ids), RUN.c.state != "PLANNED")
            .group_by(RUN.c.execution_id, RUN.c.task_id, RUN.c.state)
            .order_by(first)
        )
        with self.database.read() as connection:
            return [TaskState(*row) for row in connection.execute(statement)]
