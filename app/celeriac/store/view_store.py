"""Executions as people look at them: read only, never part of a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.core.execution import Execution
from celeriac.core.frames import TaskRun
from celeriac.store.database import Database
from celeriac.store.rows import execution_from, run_from
from celeriac.store.tables import ATTEMPT, EXECUTION, METRIC, RUN

_VISIBLE = RUN.c.state != "PLANNED"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """A superseded attempt."""

    seq: int
    attempt: int
    state: str
    started_us: int | None
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class OutputRow:
    """A task run with outputs. is_inline: False = they are a file of their own."""

    seq: int
    task_id: str
    value: str | None
    iteration: int
    is_inline: bool


@dataclass(frozen=True, slots=True)
class StoredMetric:
    """A measured value of an attempt; a timer's in seconds."""

    seq: int
    task_id: str
    attempt: int
    name: str
    type: str
    value: float
    tags: dict[str, str] | None
    at_us: int


class ViewStore:
    """Reads executions for API, CLI and dashboard."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def execution(self, execution_id: str) -> Execution | None:
        """The execution's row."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(EXECUTION).where(EXECUTION.c.id == execution_id)).mappings().first()
            return execution_from(row) if row else None

    def children(self, execution_id: str) -> list[str]:
        """Ids of the executions that its tasks started, oldest first."""
        statement = sa.select(EXECUTION.c.id).where(EXECUTION.c.parent_id == execution_id).order_by(EXECUTION.c.id)
        with self.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def task_runs(self, execution_id: str, changed_since_us: int = 0) -> list[TaskRun]:
        """Task runs in order of creation; with a time, those that have changed since, or are open."""
        statement = sa.select(RUN).where(RUN.c.execution_id == execution_id, _VISIBLE).order_by(RUN.c.seq)
        if changed_since_us:
            statement = statement.where(
                sa.or_(
                    RUN.c.ended_us.is_(None), RUN.c.ended_us >= changed_since_us, RUN.c.created_us >= changed_since_us
                )
            )
        with self.database.read() as connection:
            return [run_from(row) for row in connection.execute(statement).mappings()]

    def attempts(self, execution_id: str) -> list[PastAttempt]:
        """Superseded attempts, in order."""
        statement = (
            sa.select(ATTEMPT.c.seq, ATTEMPT.c.attempt, ATTEMPT.c.state, ATTEMPT.c.started_us, ATTEMPT.c.ended_us)
            .where(ATTEMPT.c.execution_id == execution_id)
            .order_by(ATTEMPT.c.seq, ATTEMPT.c.attempt)
        )
        with self.database.read() as connection:
            return [PastAttempt(*row) for row in connection.execute(statement)]

    def first(self, execution_id: str, limit: int) -> list[TaskRun]:
        """The first task runs in order of creation."""
        statement = sa.select(RUN).where(RUN.c.execution_id == execution_id, _VISIBLE).order_by(RUN.c.seq).limit(limit)
        with self.database.read() as connection:
            return [run_from(row) for row in connection.execute(statement).mappings()]

    def children_of(self, execution_id: str, seq: int, states: Sequence[str], after: int, limit: int) -> list[TaskRun]:
        """Task runs directly below a task run (0 = the flow) behind the task run `after`; in some states only."""
        statement = sa.select(RUN).where(
            RUN.c.execution_id == execution_id, RUN.c.parent_seq == seq, RUN.c.seq > after, _VISIBLE
        )
        if states:
            statement = statement.where(RUN.c.state.in_(list(states)))
        with self.database.read() as connection:
            rows = connection.execute(statement.order_by(RUN.c.seq).limit(limit)).mappings()
            return [run_from(row) for row in rows]

    def with_outputs(self, execution_id: str) -> list[OutputRow]:
        """The task runs that have outputs, in order of creation."""
        columns = (RUN.c.seq, RUN.c.task_id, RUN.c.value, RUN.c.iteration, RUN.c.outputs_uri.is_(None))
        has_outputs = sa.or_(RUN.c.outputs.is_not(None), RUN.c.outputs_uri.is_not(None))
        statement = sa.select(*columns).where(RUN.c.execution_id == execution_id, has_outputs).order_by(RUN.c.seq)
        with self.database.read() as connection:
            return [OutputRow(*row) for row in connection.execute(statement)]

    def some(self, execution_id: str, seqs: Sequence[int]) -> list[TaskRun]:
        """These task runs, in order of creation."""
        found = []
        with self.database.read() as connection:
            for start in range(0, len(seqs), _AT_ONCE):
                some = RUN.c.seq.in_(list(seqs[start : start + _AT_ONCE]))
                statement = sa.select(RUN).where(RUN.c.execution_id == execution_id, some, _VISIBLE).order_by(RUN.c.seq)
                found += [run_from(row) for row in connection.execute(statement).mappings()]
        return found

    def count(self, execution_id: str) -> dict[str, int]:
        """{state: task runs in it}."""
        statement = sa.select(RUN.c.state, sa.func.count()).where(RUN.c.execution_id == execution_id, _VISIBLE)
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement.group_by(RUN.c.state))}

    def seqs(self, execution_id: str) -> list[int]:
        """The numbers of all task runs."""
        statement = sa.select(RUN.c.seq).where(RUN.c.execution_id == execution_id).order_by(RUN.c.seq)
        with self.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def metrics(self, execution_id: str) -> list[StoredMetric]:
        """What the attempts have measured, in order."""
        statement = (
            sa.select(METRIC, RUN.c.task_id)
            .join(RUN, sa.and_(RUN.c.execution_id == METRIC.c.execution_id, RUN.c.seq == METRIC.c.seq))
            .where(METRIC.c.execution_id == execution_id)
            .order_by(METRIC.c.id)
        )
        fields = StoredMetric.__dataclass_fields__
        with self.database.read() as connection:
            rows = connection.execute(statement).mappings()
            return [StoredMetric(**{name: row[name] for name in fields}) for row in rows]

    def now_us(self) -> int:
        """The database's clock."""
        with self.database.read() as connection:
            value: int = connection.execute(sa.select(sa.literal_column(self.database.now_sql))).scalar_one()
            return value
