"""What `advance` reads: an execution, its facts, the frames and runs that they concern (engine.md §1, §5)."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from celeriac.core.execution import Fact, Visit
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.reopening_reader import read_reopening
from celeriac.store.rows import ENDED, execution_from, frame_from, run_from
from celeriac.store.tables import EXECUTION, FRAME, INBOX, RUN

_STEERED = (State.KILLING, State.PAUSED)
_STEERING = {"kill", "pause", "resume"}
_REOPENING = {"restart", "again"}
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


class VisitReader:
    """Reads without a lock, and never the children of a frame."""

    def __init__(self, database: Database) -> None:
        self.database = database
        now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._execution = sa.select(EXECUTION, now.label("now_us")).where(EXECUTION.c.id == sa.bindparam("x"))

    def load(self, execution_id: str) -> Visit | None:
        """The execution with its facts and the frames and runs that they concern; None when it does not exist.

        In this order: what commits in between makes the fence stale.
        """
        with self.database.read() as connection:
            row = connection.execute(self._execution, {"x": execution_id}).mappings().first()
            if row is None:
                return None
            execution = execution_from(row)
            facts = [Fact(*fact) for fact in connection.execute(_facts, {"x": execution_id})]
            visit = Visit(execution, facts, {}, {}, row["now_us"])
            if not facts:
                return visit
            kinds = {fact.kind for fact in facts}
            if execution.state in _STEERED or kinds & _STEERING:
                self._load_open(connection, visit)
            seqs = {fact.seq for fact in facts if fact.seq} - visit.runs.keys()
            self._load_path(connection, visit, seqs)
            if kinds & _REOPENING:
                self._load_reopening(connection, visit)
            return visit

    @staticmethod
    def _load_reopening(connection: Connection, visit: Visit) -> None:
        (fact,) = [fact for fact in visit.facts if fact.kind in _REOPENING][:1]
        state = (fact.payload or {}).get("state")
        visit.reopening = read_reopening(connection, visit.execution.id, fact.seq, State(state) if state else None)
        visit.runs.update(visit.reopening.runs)

    def _load_open(self, connection: Connection, visit: Visit) -> None:
        x = visit.execution.id
        visit.runs.update((row["seq"], run_from(row)) for row in connection.execute(_open_runs, {"x": x}).mappings())
        visit.frames.update(
            (row["seq"], frame_from(row)) for row in connection.execute(_all_frames, {"x": x}).mappings()
        )

    def _load_path(self, connection: Connection, visit: Visit, seqs: set[int]) -> None:
        """The named runs, the frames above them, and the runs of those frames."""
        x = visit.execution.id
        wanted = seqs
        for row in chunks(connection, _runs_in, x, wanted):
            visit.runs[row["seq"]] = run_from(row)
        frames = {run.parent_seq for seq in seqs if (run := visit.runs.get(seq))} | seqs | {0}
        while missing := frames - visit.frames.keys():
            found = [frame_from(row) for row in chunks(connection, _frames_in, x, missing)]
            visit.frames.update((frame.seq, frame) for frame in found)
            frames = {frame.parent_seq for frame in found if frame.parent_seq is not None}
        above = {seq for seq in visit.frames if seq} - visit.runs.keys()
        for row in chunks(connection, _runs_in, x, above):
            visit.runs[row["seq"]] = run_from(row)


def chunks(connection: Connection, statement: Any, x: str, seqs: Iterable[int]) -> Iterable[RowMapping]:
    """The rows of a statement `… IN (seqs)`, 500 at a time."""
    ordered = sorted(seqs)
    for start in range(0, len(ordered), 500):
        yield from connection.execute(statement, {"x": x, "seqs": ordered[start : start + 500]}).mappings()
