"""What `advance` writes, in one transaction under the fence (engine.md §1).

Every UPDATE names what it expects to find.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.decision import Abandoned, Dropped
from celeriac.core.execution import Changes, Execution, Letter
from celeriac.core.frames import Frame, TaskRun
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.flow_event_store import record_events
from celeriac.store.label_rows import insert_labels, write_labels
from celeriac.store.rows import ENDED, EXECUTION_FIELDS, frame_values, run_from, run_values
from celeriac.store.tables import ATTEMPT, EXECUTION, FRAME, INBOX, LOG, METRIC, RUN, VALUE

_RUN_UPDATES = (
    "state",
    "attempt",
    "attempt_state",
    "lost",
    "owner",
    "due_us",
    "handle",
    "outputs",
    "outputs_uri",
    "histories",
    "first_started_us",
    "started_us",
    "ended_us",
    "segment_end",
    "queue",
    "published_us",
    "fence",
)
_PROGRESS = (
    "next_seq",
    "labels",
    "variables",
    "outputs",
    "histories",
    "started_us",
    "ended_us",
    "done_us",
    "secrets",
    "parent_attempt",
)

_raise_fence = (
    EXECUTION.update()
    .where(EXECUTION.c.id == sa.bindparam("x"), EXECUTION.c.fence == sa.bindparam("f"))
    .values(
        {name: sa.bindparam(name) for name in ("state", *_PROGRESS)} | {"fence": EXECUTION.c.fence + 1, "poisoned": 0}
    )
)
_update_run = (
    RUN.update()
    .where(
        RUN.c.execution_id == sa.bindparam("x"),
        RUN.c.seq == sa.bindparam("s"),
        RUN.c.state == sa.bindparam("expected"),
        RUN.c.fence == sa.bindparam("expected_fence"),
    )
    .values({name: sa.bindparam(name) for name in _RUN_UPDATES})
)
_update_frame = (
    FRAME.update()
    .where(FRAME.c.execution_id == sa.bindparam("x"), FRAME.c.seq == sa.bindparam("s"))
    .values({name: sa.bindparam(f"v_{name}") for name in ("phase", "next_index", "open", "retrying", "counts")})
)
_delete_frames = FRAME.delete().where(
    FRAME.c.execution_id == sa.bindparam("x"), FRAME.c.seq.in_(sa.bindparam("seqs", expanding=True))
)
_delete_facts = INBOX.delete().where(INBOX.c.id.in_(sa.bindparam("ids", expanding=True)))
_delete_left_over = INBOX.delete().where(INBOX.c.execution_id == sa.bindparam("x"), INBOX.c.kind.in_(["go", "outputs"]))
_drop = RUN.delete().where(
    RUN.c.execution_id == sa.bindparam("x"),
    RUN.c.parent_seq == sa.bindparam("p"),
    RUN.c.branch == sa.bindparam("l"),
    RUN.c.iteration == sa.bindparam("i"),
    RUN.c.position > sa.bindparam("lo"),
    RUN.c.position <= sa.bindparam("hi"),
    RUN.c.state == State.PLANNED.value,
)
_delete_planned = RUN.delete().where(
    RUN.c.execution_id == sa.bindparam("x"),
    RUN.c.seq.in_(sa.bindparam("seqs", expanding=True)),
    RUN.c.state == State.PLANNED.value,
)
_removals = [
    table.delete().where(
        table.c.execution_id == sa.bindparam("x"), table.c.seq.in_(sa.bindparam("seqs", expanding=True))
    )
    for table in (RUN, ATTEMPT)
]
_open_children = sa.select(RUN).where(
    RUN.c.execution_id == sa.bindparam("x"),
    RUN.c.parent_seq.in_(sa.bindparam("seqs", expanding=True)),
    RUN.c.state.not_in(ENDED),
)


class Stale(Exception):
    """What the visit read has changed meanwhile: roll back and read again."""


class VisitWriter:
    """Writes visits and new executions."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._insert_fact = INBOX.insert().values(at_us=self._now)
        self._insert_metric = METRIC.insert().values(at_us=self._now)

    def save(self, changes: Changes) -> None:
        """Writes a visit. Raises: Stale when the fence or a row is not as it was read; nothing is written then."""
        execution = changes.execution
        with self.database.write() as connection:
            values = {name: getattr(execution, name) for name in _PROGRESS}
            values |= {"x": execution.id, "f": execution.fence, "state": execution.state.value}
            if connection.execute(_raise_fence, values).rowcount != 1:
                raise Stale
            self._delete_used(connection, changes)
            self._update_runs(connection, execution.id, changes.runs)
            self._erase(connection, execution.id, changes.erased)
            self._remove(connection, execution.id, changes.removed)
            self._drop(connection, execution.id, changes.dropped)
            if fresh := [run_values(execution.id, run) for run in changes.runs if run.is_new]:
                connection.execute(RUN.insert(), fresh)
            self._write_frames(connection, execution.id, changes.frames)
            for abandoned in changes.abandoned:
                self._abandon(connection, execution.id, abandoned)
            self._write_rest(connection, changes)
            if changes.relabelled:
                write_labels(connection, execution)
            is_heard = record_events(connection, self._now, execution)
        execution.fence += 1
        execution.is_heard |= is_heard
        execution.told = len(execution.histories)

    def insert_executions(self, connection: Connection, executions: Sequence[Execution]) -> None:
        rows = [
            {name: getattr(one, name) for name in EXECUTION_FIELDS} | {"state": one.state.value} for one in executions
        ]
        connection.execute(EXECUTION.insert(), rows)
        insert_labels(connection, executions)
        self.insert_letters(connection, [Letter(one.id, "start") for one in executions if _begins(one)])
        for one in executions:
            record_events(connection, self._now, one)

    @staticmethod
    def _delete_used(connection: Connection, changes: Changes) -> None:
        ids = [fact.id for fact in changes.used]
        for start in range(0, len(ids), 500):
            connection.execute(_delete_facts, {"ids": ids[start : start + 500]})
        if changes.left_over:
            connection.execute(_delete_left_over, {"x": changes.execution.id})

    def insert_letters(self, connection: Connection, letters: Sequence[Letter]) -> None:
        if letters:
            connection.execute(
                self._insert_fact,
                [
                    {"execution_id": one.execution_id, "kind": one.kind, "seq": one.seq, "payload": one.payload}
                    for one in letters
                ],
            )

    @staticmethod
    def _drop(connection: Connection, x: str, dropped: Sequence[Dropped]) -> None:
        """Before others take their places."""
        for one in dropped:
            connection.execute(
                _drop,
                {
                    "x": x,
                    "p": one.parent_seq,
                    "l": one.branch,
                    "i": one.iteration,
                    "lo": one.position,
                    "hi": one.end,
                },
            )

    @staticmethod
    def _erase(connection: Connection, x: str, seqs: Sequence[int]) -> None:
        """Raises: Stale when one of them has been promoted meanwhile."""
        if seqs and connection.execute(_delete_planned, {"x": x, "seqs": list(seqs)}).rowcount != len(seqs):
            raise Stale

    @staticmethod
    def _remove(connection: Connection, x: str, seqs: Sequence[int]) -> None:
        """Before others take their places."""
        for start in range(0, len(seqs), 500):
            for statement in _removals:
                connection.execute(statement, {"x": x, "seqs": seqs[start : start + 500]})

    def _update_runs(self, connection: Connection, x: str, runs: Sequence[TaskRun]) -> None:
        """In the order in which workers lock the rows of a chain: a link, then the one after it."""
        for run in sorted(runs, key=lambda run: run.seq):
            if run.is_dirty and not run.is_new:
                self._update_run(connection, x, run)

    @staticmethod
    def _update_run(connection: Connection, x: str, run: TaskRun) -> None:
        """Raises: Stale when the row is not as it was loaded."""
        values = {name: value for name, value in run_values(x, run).items() if name in _RUN_UPDATES}
        values |= {"x": x, "s": run.seq, "expected": run.loaded_state, "expected_fence": run.loaded_fence}
        if connection.execute(_update_run, values).rowcount != 1:
            raise Stale

    def _write_frames(self, connection: Connection, x: str, frames: Sequence[Frame]) -> None:
        fresh = [frame_values(x, frame) for frame in frames if frame.is_new and not frame.is_closed]
        if fresh:
            connection.execute(FRAME.insert(), fresh)
        changed = [
            {
                "x": x,
                "s": frame.seq,
                "v_phase": frame.phase.value,
                "v_next_index": frame.next_index,
                "v_open": frame.open,
                "v_retrying": frame.retrying,
                "v_counts": dict(frame.counts),
            }
            for frame in frames
            if frame.is_dirty and not frame.is_new and not frame.is_closed
        ]
        if changed:
            connection.execute(_update_frame, changed)
        if gone := [frame.seq for frame in frames if frame.is_closed and not frame.is_new]:
            connection.execute(_delete_frames, {"x": x, "seqs": gone})

    def _abandon(self, connection: Connection, x: str, abandoned: Abandoned) -> None:
        """Level by level; of the frame itself only the list that failed, for its errors may have begun."""
        seqs, branch = [abandoned.seq], abandoned.branch
        while seqs:
            rows = connection.execute(_open_children, {"x": x, "seqs": seqs}).mappings()
            runs = [run_from(row) for row in rows if branch in (None, row["branch"])]
            branch = None
            begun = [run for run in runs if run.state is not State.PLANNED]
            for run in begun:
                run.enter(abandoned.state, connection.execute(sa.select(self._now)).scalar_one())
                run.fence += 1
            self._update_runs(connection, x, begun)
            self._erase(connection, x, [run.seq for run in runs if run.state is State.PLANNED])
            seqs = [run.seq for run in runs]
            if seqs:
                connection.execute(_delete_frames, {"x": x, "seqs": seqs})

    def _write_rest(self, connection: Connection, changes: Changes) -> None:
        x = changes.execution.id
        if changes.superseded:
            connection.execute(
                ATTEMPT.insert(),
                [
                    {
                        "execution_id": x,
                        "seq": one.seq,
                        "attempt": one.attempt,
                        "state": one.state.value,
                        "started_us": one.started_us,
                        "ended_us": one.ended_us,
                    }
                    for one in changes.superseded
                ],
            )
        values = [
            {"execution_id": x, "seq": seq, "i": i, "value": value}
            for seq, items in changes.loop_values
            for i, value in enumerate(items)
        ]
        if values:
            connection.execute(VALUE.insert(), values)
        if changes.children:
            self.insert_executions(connection, changes.children)
        self.insert_letters(connection, changes.letters)
        if changes.logs:
            connection.execute(
                LOG.insert(),
                [
                    {
                        "execution_id": x,
                        "seq": line.seq,
                        "attempt": line.attempt,
                        "line": line.line,
                        "level": line.level,
                        "message": line.message,
                        "at_us": line.at_us,
                    }
                    for line in changes.logs
                ],
            )
        if changes.metrics:
            connection.execute(
                self._insert_metric,
                [
                    {
                        "execution_id": x,
                        "seq": seq,
                        "attempt": attempt,
                        "name": one.name,
                        "type": one.type,
                        "value": one.value,
                        "tags": one.tags,
                    }
                    for seq, attempt, one in changes.metrics
                ],
            )


def _begins(execution: Execution) -> bool:
    return execution.state is State.CREATED and not execution.is_for_later
