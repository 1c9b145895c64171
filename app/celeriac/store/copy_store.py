"""A new execution with the task runs of another: outputs are shared by reference, logs and metrics stay behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.errors import Refused
from celeriac.core.execution import Execution, Letter
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.rows import run_from, run_values
from celeriac.store.tables import ATTEMPT, EXECUTION, RUN, VALUE
from celeriac.store.visit_writer import VisitWriter

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """A task run, as far as its place counts."""

    seq: int
    parent_seq: int
    task_id: str
    branch: str
    iteration: int
    position: int
    state: State
    handle: dict[str, Any] | None


class CopyStore:
    """Reads the places of all task runs of an execution, and copies some of them into a new one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writer = VisitWriter(database)

    def placed(self, execution_id: str) -> list[PlacedRun]:
        """The places of all task runs, in order of creation."""
        columns = [RUN.c[name] for name in PlacedRun.__dataclass_fields__]
        statement = sa.select(*columns).where(RUN.c.execution_id == execution_id, RUN.c.state != State.PLANNED.value)
        with self.database.read() as connection:
            rows = connection.execute(statement.order_by(RUN.c.seq)).all()
        return [replace(one, state=State(one.state)) for one in (PlacedRun(*row) for row in rows)]

    def create(self, execution: Execution, original: Execution, positions: Mapping[int, int], letter: Letter) -> None:
        """A new execution that begins with these task runs of the original, {seq: position}, and with a fact.

        Raises: Refused, and then nothing is written, when the original has changed since it was read.
        """
        with self.database.write() as connection:
            is_as_read = sa.and_(EXECUTION.c.id == original.id, EXECUTION.c.fence == original.fence)
            if connection.execute(sa.select(EXECUTION.c.id).where(is_as_read).with_for_update()).first() is None:
                raise Refused(f"Execution {original.id} has changed meanwhile: look at it, then try again")
            self._writer.insert_executions(connection, [execution])
            self._writer.insert_letters(connection, [letter])
            seqs = sorted(positions)
            for start in range(0, len(seqs), _CHUNK):
                self._copy(connection, execution.id, original.id, seqs[start : start + _CHUNK], positions)

    @staticmethod
    def _copy(
        connection: Connection, execution_id: str, original_id: str, seqs: list[int], positions: Mapping[int, int]
    ) -> None:
        found = sa.select(RUN).where(RUN.c.execution_id == original_id, RUN.c.seq.in_(seqs)).order_by(RUN.c.seq)
        rows = []
        for row in connection.execute(found).mappings():
            run = run_from(row)
            run.position = run.segment_end = positions[run.seq]
            run.owner = run.due_us = run.published_us = None
            run.fence = 0
            if run.handle is not None and "child" in run.handle:
                run.handle = None
            rows.append(run_values(execution_id, run))
        connection.execute(RUN.insert(), rows)
        for table in (ATTEMPT, VALUE):
            connection.execute(_copied(table, execution_id, original_id, seqs))


def _copied(table: sa.Table, execution_id: str, original_id: str, seqs: Iterable[int]) -> sa.Insert:
    others = [column for column in table.c if column.name != "execution_id"]
    values = sa.select(sa.literal(execution_id), *others).where(
        table.c.execution_id == original_id, table.c.seq.in_(list(seqs))
    )
    return table.insert().from_select(["execution_id", *(column.name for column in others)], values)
