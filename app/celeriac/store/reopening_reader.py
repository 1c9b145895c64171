"""What `advance` reads of an execution that begins anew: counts of all rows, and the rows that are to change."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.frames import FLOW_SEQ, TaskRun
from celeriac.core.reopening import BROKEN, LATER_LISTS, Ended, Reopening
from celeriac.core.state import State
from celeriac.store.rows import run_from
from celeriac.store.tables import EXECUTION, RUN, VALUE

_CHUNK = 500
_of = RUN.c.execution_id == sa.bindparam("x")
_in = RUN.c.parent_seq.in_(sa.bindparam("seqs", expanding=True))
_one = sa.select(RUN).where(_of, RUN.c.seq == sa.bindparam("s"))
_broken = sa.select(RUN).where(
    _of, _in, RUN.c.state.in_(sorted(state.value for state in BROKEN)), RUN.c.branch.not_in(LATER_LISTS)
)
_parents = sa.select(RUN.c.parent_seq).where(_of, _in).distinct()
_ended = (
    sa.select(
        RUN.c.parent_seq,
        RUN.c.branch,
        RUN.c.state,
        sa.func.count(),
        sa.func.max(RUN.c.position),
        sa.func.max(RUN.c.iteration),
    )
    .where(_of, _in)
    .group_by(RUN.c.parent_seq, RUN.c.branch, RUN.c.state)
)
_iterations = (
    sa.select(RUN.c.parent_seq, RUN.c.iteration, sa.func.max(RUN.c.position))
    .where(_of, _in, RUN.c.iteration >= 0)
    .group_by(RUN.c.parent_seq, RUN.c.iteration)
)
_values = (
    sa.select(VALUE.c.seq, sa.func.count())
    .where(VALUE.c.execution_id == sa.bindparam("x"), VALUE.c.seq.in_(sa.bindparam("seqs", expanding=True)))
    .group_by(VALUE.c.seq)
)
_in_later_lists = sa.select(RUN.c.seq).where(_of, _in, RUN.c.branch.in_(LATER_LISTS))
_inside = sa.select(RUN.c.seq).where(_of, _in)
_living = sa.select(EXECUTION.c.id).where(EXECUTION.c.id.in_(sa.bindparam("ids", expanding=True)))


def read_reopening(connection: Connection, execution_id: str, target: int, state: State | None) -> Reopening:
    """target: seq of the task run to begin at, 0 = what failed. state: what the target is declared to be."""
    reader = _Reader(connection, execution_id)
    found = Reopening(target, state)
    seq = target
    while seq != FLOW_SEQ:
        found.runs[seq] = run = reader.run(seq)
        seq = run.parent_seq
    level = {FLOW_SEQ}
    while level:
        again = {} if state is not None else {run.seq: run for run in reader.broken(level)}
        again |= {run.seq: run for run in found.runs.values() if run.parent_seq in level}
        found.runs |= again
        level = {seq for (seq,) in reader.rows(_parents, again)}
        found.parents |= level
    found.ended = [
        Ended(seq, branch, State(name), *rest) for seq, branch, name, *rest in reader.rows(_ended, found.parents)
    ]
    found.iterations = {(seq, i): last for seq, i, last in reader.rows(_iterations, found.parents)}
    found.values = {row.seq: row[1] for row in reader.rows(_values, found.parents)}
    found.removed = reader.with_children(_in_later_lists, found.begin_their_lists)
    found.children = reader.living((run.handle or {}).get("child") for run in found.runs.values())
    return found


class _Reader:
    def __init__(self, connection: Connection, execution_id: str) -> None:
        self._connection = connection
        self._x = execution_id

    def run(self, seq: int) -> TaskRun:
        row = self._connection.execute(_one, {"x": self._x, "s": seq}).mappings().one()
        return run_from(row)

    def broken(self, parents: Collection[int]) -> list[TaskRun]:
        found = []
        for seqs in _chunks(parents):
            found += [
                run_from(row) for row in self._connection.execute(_broken, {"x": self._x, "seqs": seqs}).mappings()
            ]
        return found

    def rows(self, statement: Any, seqs: Iterable[int]) -> list[Any]:
        """All rows of a statement on these parents."""
        return [
            row for part in _chunks(seqs) for row in self._connection.execute(statement, {"x": self._x, "seqs": part})
        ]

    def with_children(self, statement: Any, parents: Iterable[int]) -> list[int]:
        """The seqs that a statement finds, with everything below them."""
        found: list[int] = []
        level = [seq for (seq,) in self.rows(statement, parents)]
        while level:
            found += level
            level = [seq for (seq,) in self.rows(_inside, level)]
        return found

    def living(self, ids: Iterable[str | None]) -> set[str]:
        """Those of the executions that exist."""
        wanted = sorted({one for one in ids if one})
        found: set[str] = set()
        for start in range(0, len(wanted), _CHUNK):
            found.update(self._connection.execute(_living, {"ids": wanted[start : start + _CHUNK]}).scalars())
        return found


def _chunks(seqs: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(seqs)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))
