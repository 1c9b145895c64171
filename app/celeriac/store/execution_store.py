"""Executions: what `advance` reads and writes (engine.md §1–§5). Every UPDATE names what it expects to find."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from celeriac.core.execution import Changes, Execution, Fact, Letter, Visit
from celeriac.core.frames import Frame, Phase, TaskRun
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.tables import ATTEMPT, EXECUTION, FRAME, INBOX, LOG, METRIC, RUN, VALUE

ORPHANED = "orphaned"
"""`queue` of a RUNNING attempt in a container whose worker is gone."""
ENDED = [state.value for state in State if state.is_terminal]
_RUN_FIELDS = [name for name in TaskRun.__dataclass_fields__ if name in RUN.c]
_EXECUTION_FIELDS = [name for name in Execution.__dataclass_fields__ if name in EXECUTION.c]
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
_FRAME_FIELDS = (
    "seq",
    "parent_seq",
    "phase",
    "branch",
    "next_index",
    "total",
    "iterations",
    "limit",
    "open",
    "retrying",
    "counts",
    "chain",
)

_facts = (
    sa.select(INBOX.c.id, INBOX.c.kind, INBOX.c.seq, INBOX.c.payload)
    .where(INBOX.c.execution_id == sa.bindparam("x"))
    .order_by(INBOX.c.id)
)
_runs_in = sa.select(RUN).where(
    RUN.c.execution_id == sa.bindparam("x"), RUN.c.seq.in_(sa.bindparam("seqs", expanding=True))
)
_open_runs = sa.select(RUN).where(RUN.c.execution_id == sa.bindparam("x"), RUN.c.state.not_in(ENDED))
_frames_in = sa.select(FRAME).where(
    FRAME.c.execution_id == sa.bindparam("x"), FRAME.c.seq.in_(sa.bindparam("seqs", expanding=True))
)
_all_frames = sa.select(FRAME).where(FRAME.c.execution_id == sa.bindparam("x"))
_values = sa.select(VALUE.c.i, VALUE.c.value).where(
    VALUE.c.execution_id == sa.bindparam("x"),
    VALUE.c.seq == sa.bindparam("s"),
    VALUE.c.i >= sa.bindparam("lo"),
    VALUE.c.i < sa.bindparam("hi"),
)
_raise_fence = (
    EXECUTION.update()
    .where(EXECUTION.c.id == sa.bindparam("x"), EXECUTION.c.fence == sa.bindparam("f"))
    .values(
        {
            name: sa.bindparam(name)
            for name in (
                "state",
                "next_seq",
                "labels",
                "variables",
                "outputs",
                "histories",
                "started_us",
                "ended_us",
                "done_us",
                "secrets",
            )
        }
        | {"fence": EXECUTION.c.fence + 1, "poisoned": 0}
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
_open_children = sa.select(RUN).where(
    RUN.c.execution_id == sa.bindparam("x"),
    RUN.c.parent_seq.in_(sa.bindparam("seqs", expanding=True)),
    RUN.c.state.not_in(ENDED),
)


class Stale(Exception):
    """What the visit read has changed meanwhile: roll back and read again."""


class ExecutionStore:
    """Executions, their task runs and frames, in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._execution_by_id = sa.select(EXECUTION, self._now.label("now_us")).where(
            EXECUTION.c.id == sa.bindparam("x")
        )
        self._insert_fact = INBOX.insert().values(at_us=self._now)
        self._insert_metric = METRIC.insert().values(at_us=self._now)

    # ------------------------------------------------------------------ reading
    def load(self, execution_id: str) -> Visit | None:
        """The execution with its facts and the frames and runs that they concern; None when it does not exist.

        In this order: what commits in between makes the fence stale.
        """
        with self.database.read() as connection:
            row = connection.execute(self._execution_by_id, {"x": execution_id}).mappings().first()
            if row is None:
                return None
            execution = execution_from(row)
            facts = [Fact(*fact) for fact in connection.execute(_facts, {"x": execution_id})]
            visit = Visit(execution, facts, {}, {}, row["now_us"])
            if not facts:
                return visit
            if execution.state is State.KILLING or any(fact.kind == "kill" for fact in facts):
                self._load_open(connection, visit)
            seqs = {fact.seq for fact in facts if fact.seq} - visit.runs.keys()
            self._load_path(connection, visit, seqs)
            return visit

    def _load_open(self, connection: Connection, visit: Visit) -> None:
        x = visit.execution.id
        visit.runs.update((row["seq"], run_from(row)) for row in connection.execute(_open_runs, {"x": x}).mappings())
        visit.frames.update(
            (row["seq"], _frame_from(row)) for row in connection.execute(_all_frames, {"x": x}).mappings()
        )

    def _load_path(self, connection: Connection, visit: Visit, seqs: set[int]) -> None:
        """The named runs, the frames above them, and the runs of those frames."""
        x = visit.execution.id
        wanted = seqs
        for row in self._chunks(connection, _runs_in, x, wanted):
            visit.runs[row["seq"]] = run_from(row)
        frames = {run.parent_seq for seq in seqs if (run := visit.runs.get(seq))} | seqs | {0}
        while missing := frames - visit.frames.keys():
            found = [_frame_from(row) for row in self._chunks(connection, _frames_in, x, missing)]
            visit.frames.update((frame.seq, frame) for frame in found)
            frames = {frame.parent_seq for frame in found if frame.parent_seq is not None}
        above = {seq for seq in visit.frames if seq} - visit.runs.keys()
        for row in self._chunks(connection, _runs_in, x, above):
            visit.runs[row["seq"]] = run_from(row)

    @staticmethod
    def _chunks(connection: Connection, statement: Any, x: str, seqs: Iterable[int]) -> Iterable[RowMapping]:
        ordered = sorted(seqs)
        for start in range(0, len(ordered), 500):
            yield from connection.execute(statement, {"x": x, "seqs": ordered[start : start + 500]}).mappings()

    def loop_values(self, execution_id: str, seq: int, start: int, end: int) -> dict[int, str]:
        """{iteration: value} of a loop, a range of it."""
        with self.database.read() as connection:
            rows = connection.execute(_values, {"x": execution_id, "s": seq, "lo": start, "hi": end})
            return {row.i: row.value for row in rows}

    def task_runs(self, execution_id: str, seqs: Sequence[int]) -> dict[int, TaskRun]:
        """{seq: task run} of those that exist."""
        with self.database.read() as connection:
            return {row["seq"]: run_from(row) for row in self._chunks(connection, _runs_in, execution_id, seqs)}

    def get(self, execution_id: str) -> Execution | None:
        """The execution alone."""
        with self.database.read() as connection:
            row = connection.execute(self._execution_by_id, {"x": execution_id}).mappings().first()
            return execution_from(row) if row else None

    # ------------------------------------------------------------------ writing
    def create(self, execution: Execution) -> None:
        """A new execution and the fact that makes it start."""
        with self.database.write() as connection:
            self._create(connection, [execution])

    def save(self, changes: Changes) -> None:
        """Writes a visit. Raises: Stale when the fence or a row is not as it was read; nothing is written then."""
        execution = changes.execution
        with self.database.write() as connection:
            values = {
                name: getattr(execution, name)
                for name in (
                    "next_seq",
                    "labels",
                    "variables",
                    "outputs",
                    "histories",
                    "started_us",
                    "ended_us",
                    "done_us",
                    "secrets",
                )
            }
            values |= {"x": execution.id, "f": execution.fence, "state": execution.state.value}
            if connection.execute(_raise_fence, values).rowcount != 1:
                raise Stale
            self._delete_used(connection, changes)
            self._write_runs(connection, execution.id, changes.runs)
            self._write_frames(connection, execution.id, changes.frames)
            for drop in changes.dropped:
                connection.execute(
                    _drop,
                    {
                        "x": execution.id,
                        "p": drop.parent_seq,
                        "l": drop.branch,
                        "i": drop.iteration,
                        "lo": drop.position,
                        "hi": drop.end,
                    },
                )
            for seq, state in changes.abandoned:
                self._abandon(connection, execution.id, seq, state)
            self._write_rest(connection, changes)
        execution.fence += 1

    def log_warnings(self, execution_id: str, messages: Sequence[str]) -> None:
        """WARN messages of the execution itself."""
        with self.database.write() as connection:
            now = connection.execute(sa.select(self._now)).scalar_one()
            connection.execute(
                LOG.insert(),
                [
                    {
                        "execution_id": execution_id,
                        "seq": 0,
                        "attempt": 1,
                        "line": now + i,
                        "level": "WARN",
                        "message": message,
                        "at_us": now + i,
                    }
                    for i, message in enumerate(messages)
                ],
            )

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Inbox rows in a transaction of their own: commands from outside."""
        with self.database.write() as connection:
            self._insert_letters(connection, letters)

    def poison(self, execution_id: str) -> int:
        """Counts a visit that raised; returns how many in a row."""
        with self.database.write() as connection:
            statement = (
                EXECUTION.update().where(EXECUTION.c.id == execution_id).values(poisoned=EXECUTION.c.poisoned + 1)
            )
            row = connection.execute(statement.returning(EXECUTION.c.poisoned)).first()
            return row[0] if row else 0

    # ------------------------------------------------------------------ parts of a visit
    def _create(self, connection: Connection, executions: Sequence[Execution]) -> None:
        rows = [
            {name: getattr(one, name) for name in _EXECUTION_FIELDS} | {"state": one.state.value} for one in executions
        ]
        connection.execute(EXECUTION.insert(), rows)
        self._insert_letters(connection, [Letter(one.id, "start") for one in executions])

    @staticmethod
    def _delete_used(connection: Connection, changes: Changes) -> None:
        ids = [fact.id for fact in changes.used]
        for start in range(0, len(ids), 500):
            connection.execute(_delete_facts, {"ids": ids[start : start + 500]})
        if changes.left_over:
            connection.execute(_delete_left_over, {"x": changes.execution.id})

    def _insert_letters(self, connection: Connection, letters: Sequence[Letter]) -> None:
        if letters:
            connection.execute(
                self._insert_fact,
                [
                    {"execution_id": one.execution_id, "kind": one.kind, "seq": one.seq, "payload": one.payload}
                    for one in letters
                ],
            )

    def _write_runs(self, connection: Connection, x: str, runs: Sequence[TaskRun]) -> None:
        if fresh := [run_values(x, run) for run in runs if run.is_new]:
            connection.execute(RUN.insert(), fresh)
        for run in runs:
            if run.is_new or not run.is_dirty:
                continue
            values = {name: value for name, value in run_values(x, run).items() if name in _RUN_UPDATES}
            values |= {"x": x, "s": run.seq, "expected": run.loaded_state, "expected_fence": run.loaded_fence}
            if connection.execute(_update_run, values).rowcount != 1:
                raise Stale

    def _write_frames(self, connection: Connection, x: str, frames: Sequence[Frame]) -> None:
        fresh = [
            {name: getattr(frame, name) for name in _FRAME_FIELDS}
            | {"execution_id": x, "phase": frame.phase.value, "counts": dict(frame.counts), "chain": list(frame.chain)}
            for frame in frames
            if frame.is_new and not frame.is_closed
        ]
        if fresh:
            connection.execute(FRAME.insert(), [_renamed(row) for row in fresh])
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

    def _abandon(self, connection: Connection, x: str, seq: int, state: State) -> None:
        seqs = [seq]
        while seqs:
            rows = connection.execute(_open_children, {"x": x, "seqs": seqs}).mappings().all()
            for row in rows:
                run = run_from(row)
                run.enter(state, connection.execute(sa.select(self._now)).scalar_one())
                values = {name: value for name, value in run_values(x, run).items() if name in _RUN_UPDATES}
                values |= {"x": x, "s": run.seq, "expected": run.loaded_state, "expected_fence": run.loaded_fence}
                connection.execute(_update_run, values | {"fence": run.fence + 1})
            seqs = [row["seq"] for row in rows]
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
            self._create(connection, changes.children)
        self._insert_letters(connection, changes.letters)
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


def execution_from(row: RowMapping) -> Execution:
    """A row of `execution` as a value."""
    values = {name: row[name] for name in _EXECUTION_FIELDS}
    return Execution(**values | {"state": State(values["state"])})


def run_from(row: RowMapping) -> TaskRun:
    """A row of `task_run` as a value."""
    values = {name: row[name] for name in _RUN_FIELDS}
    attempt_state = values["attempt_state"]
    run = TaskRun(
        **values
        | {
            "state": State(values["state"]),
            "attempt_state": State(attempt_state) if attempt_state else None,
        }
    )
    run.loaded_state, run.loaded_fence = run.state.value, run.fence
    return run


def run_values(execution_id: str, run: TaskRun) -> dict[str, Any]:
    """A task run as a row of `task_run`."""
    values = {name: getattr(run, name) for name in _RUN_FIELDS}
    values |= {
        "execution_id": execution_id,
        "state": run.state.value,
        "attempt_state": run.attempt_state.value if run.attempt_state else None,
        "queue": "default" if run.state is State.QUEUED else None,
        "published_us": run.published_us,
    }
    return values


def _frame_from(row: RowMapping) -> Frame:
    return Frame(
        seq=row["seq"],
        parent_seq=row["parent_seq"],
        branch=row["branch"],
        phase=Phase(row["phase"]),
        next_index=row["next_index"],
        total=row["total"],
        iterations=row["iterations"],
        limit=row["width"],
        open=row["open"],
        retrying=row["retrying"],
        counts=Counter(row["counts"]),
        chain=tuple(row["chain"]),
    )


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    row["width"] = row.pop("limit")
    return row
