"""What expressions look up in an execution: outputs, states and values of its task runs, its error logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from celeriac.core.frames import TaskRun, hash_values
from celeriac.store.database import Database
from celeriac.store.rows import run_from
from celeriac.store.tables import LOG, RUN

_one = (
    sa.select(RUN)
    .where(
        RUN.c.execution_id == sa.bindparam("x"),
        RUN.c.task_id == sa.bindparam("t"),
        RUN.c.value_hash == sa.bindparam("h"),
        RUN.c.state != "PLANNED",
    )
    .order_by(RUN.c.seq.desc())
    .limit(1)
)
_of_task = (
    sa.select(RUN)
    .where(RUN.c.execution_id == sa.bindparam("x"), RUN.c.task_id == sa.bindparam("t"), RUN.c.state != "PLANNED")
    .order_by(RUN.c.seq)
)
_by_seq = sa.select(RUN).where(RUN.c.execution_id == sa.bindparam("x"), RUN.c.seq == sa.bindparam("s"))
_tasks = (
    sa.select(RUN.c.task_id)
    .where(RUN.c.execution_id == sa.bindparam("x"), RUN.c.state != "PLANNED")
    .group_by(RUN.c.task_id)
    .order_by(sa.func.min(RUN.c.seq))
)
_errors = (
    sa.select(LOG.c.message, LOG.c.at_us, LOG.c.attempt, LOG.c.seq, RUN.c.task_id)
    .join(RUN, sa.and_(RUN.c.execution_id == LOG.c.execution_id, RUN.c.seq == LOG.c.seq))
    .where(LOG.c.execution_id == sa.bindparam("x"), LOG.c.level == "ERROR")
    .order_by(LOG.c.at_us)
    .limit(1000)
)
_in_state = (
    sa.select(RUN.c.task_id, RUN.c.value, RUN.c.state)
    .where(RUN.c.execution_id == sa.bindparam("x"), RUN.c.state == sa.bindparam("state"))
    .order_by(RUN.c.seq)
    .limit(1000)
)


@dataclass(frozen=True, slots=True)
class ErrorLog:
    """An ERROR message of a task run."""

    task_id: str
    seq: int
    attempt: int
    message: str
    at_us: int


class OutputStore:
    """Reads single task runs by what expressions know of them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def run_of(self, execution_id: str, task_id: str, chain: Sequence[str]) -> TaskRun | None:
        """The task run of a task in the iteration with these values, outermost first."""
        with self.database.read() as connection:
            row = (
                connection.execute(_one, {"x": execution_id, "t": task_id, "h": hash_values(tuple(chain))})
                .mappings()
                .first()
            )
            return run_from(row) if row else None

    def runs_of(self, execution_id: str, task_id: str) -> list[TaskRun]:
        """Every task run of a task, oldest first."""
        with self.database.read() as connection:
            return [run_from(row) for row in connection.execute(_of_task, {"x": execution_id, "t": task_id}).mappings()]

    def run(self, execution_id: str, seq: int) -> TaskRun | None:
        """A task run by its number."""
        with self.database.read() as connection:
            row = connection.execute(_by_seq, {"x": execution_id, "s": seq}).mappings().first()
            return run_from(row) if row else None

    def task_ids(self, execution_id: str) -> list[str]:
        """Ids of the tasks that have runs, in order of the first."""
        with self.database.read() as connection:
            return list(connection.execute(_tasks, {"x": execution_id}).scalars())

    def errors(self, execution_id: str) -> list[ErrorLog]:
        """ERROR messages of the execution's task runs, oldest first, 1,000 at most."""
        with self.database.read() as connection:
            rows = connection.execute(_errors, {"x": execution_id})
            return [ErrorLog(row.task_id, row.seq, row.attempt, row.message, row.at_us) for row in rows]

    def in_state(self, execution_id: str, state: str) -> list[Mapping[str, Any]]:
        """[{taskId, state, value}] of the task runs in a state."""
        with self.database.read() as connection:
            rows = connection.execute(_in_state, {"x": execution_id, "state": state})
            return [
                {"taskId": row.task_id, "state": row.state} | ({"value": row.value} if row.value is not None else {})
                for row in rows
            ]
