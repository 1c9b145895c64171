"""What the sweeper looks for: old facts, due dates, lost workers, rows whose message is gone, cells that are gone."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.execution import Execution, Letter, told_parent
from celeriac.core.frames import TaskRun
from celeriac.core.state import State
from celeriac.core.steering import NEVER_PUT_OFF
from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.flow_event_store import record_events
from celeriac.store.rows import ENDED, ORPHANED, execution_from, run_from, run_values
from celeriac.store.tables import EXECUTION, FRAME, INBOX, LOG, RUN, WORKER


@dataclass(frozen=True, slots=True)
class Beat:
    """A worker as the sweeper sees it."""

    id: str
    beat: int
    host: str
    pid: int


class SweepStore:
    """Queries over all executions of a cell; every change is a fact in somebody's inbox."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database, cell: str) -> None:
        self.database = database
        self.cell = cell
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._insert_fact = INBOX.insert().values(at_us=self._now)
        self._rung = (
            RUN.update()
            .where(
                RUN.c.execution_id == sa.bindparam("x"),
                RUN.c.seq == sa.bindparam("s"),
                RUN.c.due_us <= self._now,
            )
            .values(due_us=None)
        )

    def stale_inboxes(self, older_than_s: float, limit: int = 500) -> list[str]:
        """Executions with facts that nobody has folded for some time."""
        statement = (
            sa.select(INBOX.c.execution_id)
            .join(EXECUTION, EXECUTION.c.id == INBOX.c.execution_id)
            .where(
                INBOX.c.at_us < self._now - int(older_than_s * 1_000_000),
                EXECUTION.c.cell == self.cell,
                sa.or_(EXECUTION.c.state != State.PAUSED.value, INBOX.c.kind.in_(NEVER_PUT_OFF)),
            )
            .group_by(INBOX.c.execution_id)
            .limit(limit)
        )
        with self.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def ring(self, limit: int = 500) -> list[str]:
        """Turns dates that have come into facts; returns the executions to advance."""
        return [*self._start_scheduled(limit), *self._ring_task_runs(limit)]

    def _start_scheduled(self, limit: int) -> list[str]:
        """Executions whose date has come get the fact that others get at once; they keep their date."""
        told = sa.exists().where(INBOX.c.execution_id == EXECUTION.c.id, INBOX.c.kind == "start")
        due = (
            sa.select(EXECUTION.c.id)
            .where(
                EXECUTION.c.scheduled_us <= self._now,
                EXECUTION.c.started_us.is_(None),
                EXECUTION.c.done_us.is_(None),
                EXECUTION.c.cell == self.cell,
                ~told,
            )
            .limit(limit)
        )
        with self.database.read() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with self.database.write() as connection:
            ids = list(connection.execute(due).scalars())
            self._deliver(connection, [Letter(execution_id, "start") for execution_id in ids])
        return ids

    def _ring_task_runs(self, limit: int) -> list[str]:
        due = (
            sa.select(RUN.c.execution_id, RUN.c.seq)
            .join(EXECUTION, EXECUTION.c.id == RUN.c.execution_id)
            .where(RUN.c.due_us <= self._now, EXECUTION.c.cell == self.cell)
            .limit(limit)
        )
        with self.database.read() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with self.database.write() as connection:
            rows = [
                row
                for row in connection.execute(due).all()
                if connection.execute(self._rung, {"x": row.execution_id, "s": row.seq}).rowcount
            ]
            self._deliver(connection, [Letter(row.execution_id, "due", row.seq) for row in rows])
        return list(dict.fromkeys(row.execution_id for row in rows))

    def beats(self) -> list[Beat]:
        """The workers of the cell that have rows."""
        statement = sa.select(WORKER.c.id, WORKER.c.beat, WORKER.c.host, WORKER.c.pid).where(WORKER.c.cell == self.cell)
        with self.database.read() as connection:
            return [Beat(*row) for row in connection.execute(statement)]

    def lose_worker(self, worker_id: str) -> list[str]:
        """Forgets a worker and ends what it ran as LOST; returns the executions to advance."""
        with self.database.write() as connection:
            connection.execute(WORKER.delete().where(WORKER.c.id == worker_id))
            return self._lose(connection, RUN.c.owner == worker_id)

    def lose_unadopted(self, older_than_s: float) -> list[str]:
        """Attempts in containers that no worker has taken over end as LOST; returns the executions to advance."""
        waited = sa.and_(RUN.c.queue == ORPHANED, RUN.c.published_us < self._now - int(older_than_s * 1_000_000))
        with self.database.read() as connection:
            if connection.execute(sa.select(RUN.c.seq).where(waited).limit(1)).first() is None:
                return []
        with self.database.write() as connection:
            return self._lose(connection, waited, adoptable=False)

    def lose_ownerless(self) -> list[str]:
        """Task runs whose worker has no row any more end as LOST; returns the executions to advance."""
        orphaned = sa.and_(RUN.c.owner.is_not(None), RUN.c.owner.not_in(sa.select(WORKER.c.id)))
        with self.database.read() as connection:
            if connection.execute(sa.select(RUN.c.seq).where(orphaned).limit(1)).first() is None:
                return []
        with self.database.write() as connection:
            return self._lose(connection, orphaned)

    def queued(self, older_than_s: float, limit: int = 500) -> list[tuple[str, list[TaskRun]]]:
        """Task runs published some time ago and not claimed, each with the planned rest of its chain."""
        statement = (
            sa.select(RUN)
            .join(EXECUTION, EXECUTION.c.id == RUN.c.execution_id)
            .where(
                RUN.c.state == State.QUEUED.value,
                EXECUTION.c.cell == self.cell,
                RUN.c.published_us < self._now - int(older_than_s * 1_000_000),
            )
            .order_by(RUN.c.published_us)
            .limit(limit)
        )
        with self.database.read() as connection:
            found = []
            for row in connection.execute(statement).mappings().all():
                run = run_from(row)
                rest = (
                    sa.select(RUN)
                    .where(
                        RUN.c.execution_id == row["execution_id"],
                        RUN.c.parent_seq == run.parent_seq,
                        RUN.c.branch == run.branch,
                        RUN.c.iteration == run.iteration,
                        RUN.c.position > run.position,
                        RUN.c.position <= run.segment_end,
                        RUN.c.state == State.PLANNED.value,
                    )
                    .order_by(RUN.c.position)
                )
                chained = [run_from(one) for one in connection.execute(rest).mappings()]
                found.append((row["execution_id"], [run, *chained]))
            return found

    def published_again(self, runs: Sequence[tuple[str, int]]) -> None:
        """Notes that the messages of these task runs (execution id, seq) were sent anew."""
        with self.database.write() as connection:
            for execution_id, seq in runs:
                connection.execute(
                    RUN.update()
                    .where(RUN.c.execution_id == execution_id, RUN.c.seq == seq, RUN.c.state == State.QUEUED.value)
                    .values(published_us=self._now)
                )

    def stuck(self, older_than_s: float) -> list[str]:
        """Open executions without facts and without anything that could end: a bug of the engine, told as such."""
        with self.database.read() as connection:
            return list(connection.execute(self._stuck(older_than_s)).scalars())

    def fail_stuck(self, execution_id: str, older_than_s: float, reason: str) -> list[str]:
        """Ends an execution that nothing can end any more, telling why; returns the executions to advance."""
        with self.database.write() as connection:
            if not connection.execute(self._stuck(older_than_s).where(EXECUTION.c.id == execution_id)).first():
                return []
            now = connection.execute(sa.select(self._now)).scalar_one()
            execution = self._end_open(connection, execution_id, State.FAILED, now)
            line = {"execution_id": execution_id, "seq": 0, "attempt": 1, "line": now, "level": "ERROR"}
            connection.execute(LOG.insert().values(**line, message=reason, at_us=now))
            letters = told_parent(execution, None)
            self._deliver(connection, letters)
        return [letter.execution_id for letter in letters]

    def _stuck(self, older_than_s: float) -> sa.Select[str]:
        open_leaf = sa.select(RUN.c.seq).where(
            RUN.c.execution_id == EXECUTION.c.id,
            RUN.c.state.not_in(ENDED),
            ~sa.exists().where(FRAME.c.execution_id == RUN.c.execution_id, FRAME.c.seq == RUN.c.seq),
        )
        facts = sa.select(INBOX.c.id).where(INBOX.c.execution_id == EXECUTION.c.id)
        return sa.select(EXECUTION.c.id).where(
            EXECUTION.c.cell == self.cell,
            EXECUTION.c.done_us.is_(None),
            sa.func.coalesce(EXECUTION.c.scheduled_us, EXECUTION.c.created_us)
            < self._now - int(older_than_s * 1_000_000),
            ~sa.exists(facts),
            ~sa.exists(open_leaf),
        )

    def kill_cell(self, cell: str) -> list[str]:
        """Marks every open execution of a cell KILLED; returns the ids."""
        with self.database.write() as connection:
            ids = list(
                connection.execute(
                    sa.select(EXECUTION.c.id).where(EXECUTION.c.cell == cell, EXECUTION.c.done_us.is_(None))
                ).scalars()
            )
            now = connection.execute(sa.select(self._now)).scalar_one()
            for execution_id in ids:
                self._end_open(connection, execution_id, State.KILLED, now)
            connection.execute(WORKER.delete().where(WORKER.c.cell == cell))
        return ids

    # ------------------------------------------------------------------ parts
    def _end_open(self, connection: Connection, execution_id: str, state: State, now: int) -> Execution:
        row = connection.execute(sa.select(EXECUTION).where(EXECUTION.c.id == execution_id)).mappings().one()
        execution = execution_from(row)
        if execution.ended_us is None:
            execution.state, execution.ended_us = state, now
            execution.histories = [*execution.histories, [state.value, now]]
        connection.execute(
            EXECUTION.update()
            .where(EXECUTION.c.id == execution_id)
            .values(
                state=execution.state.value,
                ended_us=execution.ended_us,
                histories=execution.histories,
                done_us=now,
                fence=EXECUTION.c.fence + 1,
            )
        )
        planned = sa.and_(RUN.c.execution_id == execution_id, RUN.c.state == State.PLANNED.value)
        connection.execute(RUN.delete().where(planned))
        open_runs = sa.select(RUN).where(RUN.c.execution_id == execution_id, RUN.c.state.not_in(ENDED))
        for one in connection.execute(open_runs).mappings().all():
            run = run_from(one)
            run.enter(state, now)
            values = run_values(execution_id, run)
            connection.execute(
                RUN.update()
                .where(RUN.c.execution_id == execution_id, RUN.c.seq == run.seq)
                .values(values | {"fence": run.fence + 1})
            )
        connection.execute(FRAME.delete().where(FRAME.c.execution_id == execution_id))
        connection.execute(INBOX.delete().where(INBOX.c.execution_id == execution_id))
        record_events(connection, self._now, execution)
        return execution

    def _lose(self, connection: Connection, condition: sa.ColumnElement[bool], *, adoptable: bool = True) -> list[str]:
        rows = (
            connection.execute(
                sa.select(RUN, EXECUTION.c.cell)
                .join(EXECUTION, EXECUTION.c.id == RUN.c.execution_id)
                .where(
                    condition,
                    RUN.c.state.in_([State.RUNNING.value, State.KILLING.value]),
                    EXECUTION.c.cell == self.cell,
                )
            )
            .mappings()
            .all()
        )
        now = connection.execute(sa.select(self._now)).scalar_one()
        letters = []
        for row in rows:
            execution_id, run = row["execution_id"], run_from(row)
            if adoptable and run.state is State.RUNNING and "container" in (run.handle or {}):
                self._orphan(connection, execution_id, run)
            elif self._end_lost(connection, execution_id, run, now):
                letters.append(Letter(execution_id, "ended", run.seq))
        self._deliver(connection, letters)
        return list(dict.fromkeys(letter.execution_id for letter in letters))

    def _end_lost(self, connection: Connection, execution_id: str, run: TaskRun, now: int) -> bool:
        """False when its worker, slow but not gone, has closed it meanwhile."""
        as_read = _as_read(execution_id, run)
        if not run.histories or run.histories[-1][0] != State.RUNNING.value:
            run.histories = [*run.histories, [State.RUNNING.value, run.started_us or now]]
        run.enter(State.KILLED if run.state is State.KILLING else State.LOST, now)
        values = run_values(execution_id, run) | {"fence": run.fence + 1}
        return connection.execute(RUN.update().where(as_read).values(values)).rowcount == 1

    def _orphan(self, connection: Connection, execution_id: str, run: TaskRun) -> None:
        orphaned = {"owner": None, "queue": ORPHANED, "published_us": self._now, "fence": RUN.c.fence + 1}
        connection.execute(RUN.update().where(_as_read(execution_id, run)).values(orphaned))

    def _deliver(self, connection: Connection, letters: Sequence[Letter]) -> None:
        if letters:
            connection.execute(
                self._insert_fact,
                [
                    {"execution_id": one.execution_id, "kind": one.kind, "seq": one.seq, "payload": one.payload}
                    for one in letters
                ],
            )


def _as_read(execution_id: str, run: TaskRun) -> sa.ColumnElement[bool]:
    """The row of a task run, if it is still in the state and at the fence in which it was read."""
    return sa.and_(
        RUN.c.execution_id == execution_id,
        RUN.c.seq == run.seq,
        RUN.c.state == run.state.value,
        RUN.c.fence == run.fence,
    )
