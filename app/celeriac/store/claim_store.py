"""A worker's side of a task run: claim it, note where it runs, close it (engine.md §3, §4, §7).

The row is the only gate: a claim takes a QUEUED attempt, a close must still hold the fence it got.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from celeriac.core.claims import Closed, Closing, Orphan
from celeriac.core.execution import Execution, Letter, LogLine, task_run_id
from celeriac.core.frames import TaskRun
from celeriac.core.state import State
from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.rows import ORPHANED, execution_from, run_from
from celeriac.store.tables import EXECUTION, INBOX, LOG, METRIC, RUN


class ClaimStore:
    """Claims and closes task runs for workers."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database) -> None:
        self.database = database
        now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._now = now
        key = (RUN.c.execution_id == sa.bindparam("x"), RUN.c.seq == sa.bindparam("s"))
        self._claim = (
            RUN.update()
            .where(*key, RUN.c.attempt == sa.bindparam("n"), RUN.c.state == State.QUEUED.value)
            .values(
                state=State.RUNNING.value,
                fence=RUN.c.fence + 1,
                owner=sa.bindparam("me"),
                started_us=now,
                first_started_us=sa.func.coalesce(RUN.c.first_started_us, now),
                queue=None,
            )
            .returning(RUN)
        )
        self._close = (
            RUN.update()
            .where(*key, RUN.c.fence == sa.bindparam("f"), RUN.c.state.in_([State.RUNNING.value, State.KILLING.value]))
            .values(
                {
                    name: sa.bindparam(f"v_{name}")
                    for name in (
                        "state",
                        "attempt_state",
                        "outputs",
                        "outputs_uri",
                        "histories",
                        "ended_us",
                    )
                }
                | {"owner": None, "due_us": None}
            )
        )
        self._promote = (
            RUN.update()
            .where(
                RUN.c.execution_id == sa.bindparam("x"),
                RUN.c.seq == sa.bindparam("s"),
                RUN.c.state == State.PLANNED.value,
            )
            .values(state=State.QUEUED.value, published_us=now, queue="default")
        )
        self._take = (
            RUN.update()
            .where(*key, RUN.c.state == State.PLANNED.value)
            .values(
                state=State.RUNNING.value,
                fence=RUN.c.fence + 1,
                owner=sa.bindparam("me"),
                started_us=now,
                first_started_us=now,
            )
            .returning(RUN)
        )
        self._handle = RUN.update().where(*key, RUN.c.fence == sa.bindparam("f")).values(handle=sa.bindparam("h"))
        self._insert_fact = INBOX.insert().values(at_us=now)
        self._insert_metric = METRIC.insert().values(at_us=now)
        self._insert_log = database.insert(LOG).on_conflict_do_nothing()
        self._execution = sa.select(EXECUTION).where(EXECUTION.c.id == sa.bindparam("x"))
        self._told = sa.select(INBOX.c.payload).where(
            INBOX.c.execution_id == sa.bindparam("x"),
            INBOX.c.kind.in_(["ended", "child"]),
            INBOX.c.payload.is_not(None),
        )

    def claim(self, execution_id: str, seq: int, attempt: int, owner: str) -> tuple[TaskRun, Execution] | None:
        """Takes the attempt; None when somebody has it, or it is not to be run (any more)."""
        with self.database.write() as connection:
            row = (
                connection.execute(self._claim, {"x": execution_id, "s": seq, "n": attempt, "me": owner})
                .mappings()
                .first()
            )
        return None if row is None else self._with_execution(row)

    def _with_execution(self, row: sa.RowMapping) -> tuple[TaskRun, Execution]:
        """The execution knows the secrets of the attempts that have just ended, too: their outputs may be read."""
        with self.database.read() as connection:
            execution = execution_from(connection.execute(self._execution, {"x": row["execution_id"]}).mappings().one())
            told = connection.execute(self._told, {"x": row["execution_id"]}).scalars().all()
        execution.add_secrets(name for payload in told for name in payload.get("secrets") or ())
        return run_from(row), execution

    def orphans(self, cell: str) -> list[Orphan]:
        """Attempts in containers whose worker is gone: to be adopted by a worker beside the same engine."""
        statement = (
            sa.select(RUN.c.execution_id, RUN.c.seq, RUN.c.fence, RUN.c.handle)
            .join(EXECUTION, EXECUTION.c.id == RUN.c.execution_id)
            .where(RUN.c.queue == ORPHANED, RUN.c.state == State.RUNNING.value, EXECUTION.c.cell == cell)
        )
        with self.database.read() as connection:
            return [Orphan(*row) for row in connection.execute(statement)]

    def adopt(self, orphan: Orphan, owner: str) -> tuple[TaskRun, Execution] | None:
        """Takes over an orphaned attempt; None when somebody else has."""
        statement = (
            RUN.update()
            .where(
                RUN.c.execution_id == orphan.execution_id,
                RUN.c.seq == orphan.seq,
                RUN.c.fence == orphan.fence,
                RUN.c.queue == ORPHANED,
                RUN.c.state == State.RUNNING.value,
            )
            .values(owner=owner, fence=RUN.c.fence + 1, queue=None)
            .returning(RUN)
        )
        with self.database.write() as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else self._with_execution(row)

    def last_line(self, execution_id: str, run: TaskRun) -> int:
        """Number of the last stored log line of the attempt, -1 without any."""
        statement = sa.select(sa.func.max(LOG.c.line)).where(
            LOG.c.execution_id == execution_id, LOG.c.seq == run.seq, LOG.c.attempt == run.attempt
        )
        with self.database.read() as connection:
            last = connection.execute(statement).scalar()
        return -1 if last is None else last

    def leave(self, execution_id: str, run: TaskRun, logs: Sequence[LogLine]) -> bool:
        """Leaves an attempt whose container runs on to the next worker; False = fenced off, or to be killed."""
        with self.database.write() as connection:
            done = connection.execute(
                RUN.update()
                .where(
                    RUN.c.execution_id == execution_id,
                    RUN.c.seq == run.seq,
                    RUN.c.fence == run.fence,
                    RUN.c.state == State.RUNNING.value,
                )
                .values(owner=None, queue=ORPHANED, published_us=self._now, fence=RUN.c.fence + 1)
            )
            if done.rowcount == 1:
                self._insert_logs(connection, execution_id, logs)
            return done.rowcount == 1

    def running(self, execution_id: str) -> dict[tuple[str, str], str | None]:
        """{(task run id, attempt): container} of what runs; None = in no container, or in one not yet noted."""
        statement = sa.select(RUN.c.seq, RUN.c.attempt, RUN.c.handle).where(
            RUN.c.execution_id == execution_id, RUN.c.state.in_([State.RUNNING.value, State.KILLING.value])
        )
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
        return {
            (task_run_id(execution_id, row.seq), str(row.attempt)): (row.handle or {}).get("container") for row in rows
        }

    def note_handle(self, execution_id: str, run: TaskRun, handle: Mapping[str, Any]) -> bool:
        """Commits where the attempt runs; False when it has been taken away."""
        with self.database.write() as connection:
            done = connection.execute(
                self._handle, {"x": execution_id, "s": run.seq, "f": run.fence, "h": dict(handle)}
            )
            return done.rowcount == 1

    def close(self, execution_id: str, run: TaskRun, closing: Closing) -> Closed | None:
        """Ends the attempt with everything it made, in one transaction; None = fenced off, nothing was written."""
        with self.database.write() as connection:
            now = closing.ended_us or connection.execute(sa.select(self._now)).scalar_one()
            shown = closing.state.shown
            started = [] if closing.state is State.SKIPPED else [[State.RUNNING.value, run.started_us]]
            done = connection.execute(
                self._close,
                {
                    "x": execution_id,
                    "s": run.seq,
                    "f": run.fence,
                    "v_state": closing.state.value,
                    "v_attempt_state": closing.attempt_state.value if closing.attempt_state else None,
                    "v_outputs": closing.outputs,
                    "v_outputs_uri": closing.outputs_uri,
                    "v_histories": [*run.histories, *started, [shown, now]],
                    "v_ended_us": now,
                },
            )
            if done.rowcount != 1:
                return None
            following = self._open_next(connection, execution_id, run, closing) if closing.promote else None
            letter = closing.letter
            connection.execute(
                self._insert_fact,
                {
                    "execution_id": execution_id,
                    "kind": letter.kind,
                    "seq": letter.seq,
                    "payload": letter.payload,
                },
            )
            self._insert_logs(connection, execution_id, closing.logs)
            if closing.metrics:
                connection.execute(
                    self._insert_metric,
                    [
                        {
                            "execution_id": execution_id,
                            "seq": run.seq,
                            "attempt": run.attempt,
                            "name": one.name,
                            "type": one.type,
                            "value": one.value,
                            "tags": one.tags,
                        }
                        for one in closing.metrics
                    ],
                )
        return Closed(following)

    def _open_next(
        self, connection: sa.Connection, execution_id: str, run: TaskRun, closing: Closing
    ) -> TaskRun | None:
        """The next member of the chain may be claimed now; it is, when the worker goes on with it."""
        following = {"x": execution_id, "s": run.seq + 1}
        if closing.taken_by is None:
            connection.execute(self._promote, following)
            return None
        row = connection.execute(self._take, following | {"me": closing.taken_by}).mappings().first()
        return run_from(row) if row else None

    def release(self, execution_id: str, run: TaskRun, letter: Letter, logs: Sequence[LogLine]) -> bool:
        """Leaves the task run RUNNING without an owner and tells the execution what was found out."""
        with self.database.write() as connection:
            done = connection.execute(
                RUN.update()
                .where(
                    RUN.c.execution_id == execution_id,
                    RUN.c.seq == run.seq,
                    RUN.c.fence == run.fence,
                    RUN.c.state == State.RUNNING.value,
                )
                .values(owner=None, histories=[*run.histories, [State.RUNNING.value, run.started_us]])
            )
            if done.rowcount == 1:
                connection.execute(
                    self._insert_fact,
                    {
                        "execution_id": execution_id,
                        "kind": letter.kind,
                        "seq": letter.seq,
                        "payload": letter.payload,
                    },
                )
                self._insert_logs(connection, execution_id, logs)
            return done.rowcount == 1

    def add_logs(self, lines: Iterable[tuple[str, LogLine]]) -> None:
        """Log lines of running attempts: (execution id, line). A line that is there already is left as it is."""
        rows = [_log_row(execution_id, line) for execution_id, line in lines]
        if rows:
            with self.database.write() as connection:
                connection.execute(self._insert_log, rows)

    def _insert_logs(self, connection: sa.Connection, execution_id: str, lines: Sequence[LogLine]) -> None:
        if lines:
            connection.execute(self._insert_log, [_log_row(execution_id, line) for line in lines])


def _log_row(execution_id: str, line: LogLine) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "seq": line.seq,
        "attempt": line.attempt,
        "line": line.line,
        "level": line.level,
        "message": line.message,
        "at_us": line.at_us,
    }
