"""Lists of executions and what dashboards count: each bounded by a page, a window or a number of flows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.execution import Execution
from celeriac.core.execution_filter import LARGEST_WINDOW, ExecutionFilter
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.execution_conditions import first_id
from celeriac.store.execution_search import FlowKey, Ways, find_ways, sample
from celeriac.store.rows import execution_from
from celeriac.store.tables import EXECUTION

_FLOWS_AT_ONCE = 50
_SORTS: dict[str, sa.ColumnElement[Any]] = {
    "id": EXECUTION.c.id,
    "namespace": EXECUTION.c.namespace,
    "flowId": EXECUTION.c.flow_id,
    "state.current": EXECUTION.c.state,
    "state.startDate": EXECUTION.c.id,
    "state.endDate": EXECUTION.c.ended_us,
    "state.duration": EXECUTION.c.ended_us - EXECUTION.c.created_us,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A page of executions. total: at most LARGEST_WINDOW + 1, which stands for more."""

    executions: list[Execution]
    total: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One execution in a strip of the last ones of its flow."""

    id: str
    state: State
    created_us: int
    ended_us: int | None


class ListStore:
    """Reads many executions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def page(self, asked: ExecutionFilter, *, is_counted: bool = True) -> Found:
        """A page of what the filter asks for, and how many there are (0 when not `is_counted`)."""
        with self.database.read() as connection:
            ways = find_ways(connection, asked)
            ids = _ids(connection, ways, asked)
            total = _count(connection, ways, LARGEST_WINDOW + 1) if is_counted else 0
            return Found(_executions(connection, ids), total)

    def ids(self, asked: ExecutionFilter, most: int) -> list[str]:
        """The ids of everything that the filter asks for, newest first, `most` of them at most."""
        with self.database.read() as connection:
            return _read(connection, find_ways(connection, asked).page.ids(is_newest_first=True, limit=most))

    def count(self, asked: ExecutionFilter, most: int) -> int:
        """How many executions the filter asks for, counted up to `most`."""
        with self.database.read() as connection:
            return _count(connection, find_ways(connection, asked), most)

    def last_runs(self, flows: Sequence[FlowKey], n: int) -> dict[FlowKey, list[RunSummary]]:
        """The newest `n` executions of each flow, oldest of them first."""
        found: dict[FlowKey, list[RunSummary]] = {key: [] for key in flows}
        with self.database.read() as connection:
            for start in range(0, len(flows), _FLOWS_AT_ONCE):
                parts = [_newest_of(key, n) for key in flows[start : start + _FLOWS_AT_ONCE]]
                for row in connection.execute(sa.union_all(*parts)).all():
                    found[row.namespace, row.flow_id].append(
                        RunSummary(row.id, State(row.state), row.created_us, row.ended_us)
                    )
        return {key: sorted(runs, key=lambda run: run.id) for key, runs in found.items()}

    def histogram(self, asked: ExecutionFilter, bounds_ms: Sequence[int]) -> Counter[tuple[int, State]]:
        """{(number of the interval between neighbours of `bounds_ms`, state): executions}, exact.

        asked: from the first to the last bound. Reads an index over this time, so its cost is that of the answer.
        """
        if not (asked.states or asked.namespace or asked.flow_id or asked.q):
            asked = replace(asked, states=tuple(State))
        intervals = [{"lo": first_id(lo), "hi": first_id(hi)} for lo, hi in pairwise(bounds_ms)]
        found: Counter[tuple[int, State]] = Counter()
        with self.database.read() as connection:
            for walk in find_ways(connection, asked).count.walks:
                if connection.execute(walk.ids(1)).first() is None:
                    continue
                statement = walk.counts(EXECUTION.c.state).where(
                    walk.id >= sa.bindparam("lo"), walk.id < sa.bindparam("hi")
                )
                for number, interval in enumerate(intervals):
                    for state, count in connection.execute(statement, interval):
                        found[number, State(state)] += count
        return found


def _ids(connection: Connection, ways: Ways, asked: ExecutionFilter) -> list[str]:
    """Other orders than that of time are those of the newest LARGEST_WINDOW."""
    offset = 0 if asked.cursor else (asked.page - 1) * asked.size
    if asked.is_by_time:
        found = _read(connection, sample(asked, asked.size, offset))
        if len(found) == asked.size:
            return found
        return _read(connection, ways.page.ids(is_newest_first=asked.is_newest_first, limit=asked.size, offset=offset))
    window = ways.page.ids(is_newest_first=True, limit=LARGEST_WINDOW)
    if window is None:
        return []
    order = [_SORTS[name].desc() if is_down else _SORTS[name].asc() for name, is_down in asked.sort]
    page = sa.select(EXECUTION.c.id).where(EXECUTION.c.id.in_(window))
    return _read(connection, page.order_by(*order, EXECUTION.c.id.desc()).limit(asked.size).offset(offset))


def _read(connection: Connection, statement: sa.Select[Any] | None) -> list[str]:
    return [] if statement is None else list(connection.execute(statement).scalars())


def _executions(connection: Connection, ids: Sequence[str]) -> list[Execution]:
    rows = connection.execute(sa.select(EXECUTION).where(EXECUTION.c.id.in_(ids))).mappings() if ids else ()
    found = {row["id"]: execution_from(row) for row in rows}
    return [found[one] for one in ids if one in found]


def _count(connection: Connection, ways: Ways, most: int) -> int:
    statement = ways.count.count(most)
    return 0 if statement is None else int(connection.execute(statement).scalar_one())


def _newest_of(key: FlowKey, n: int) -> sa.Select[Any]:
    one = EXECUTION.c
    columns = (one.namespace, one.flow_id, one.id, one.state, one.created_us, one.ended_us)
    newest = sa.select(*columns).where(one.namespace == key[0], one.flow_id == key[1]).order_by(one.id.desc()).limit(n)
    return sa.select(newest.subquery())
