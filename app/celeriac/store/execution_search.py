"""How a filter becomes statements whose cost is that of the page, not of the table.

A way to an answer is an index, walked in the order of ids, or read as a whole when it holds little: that of flows,
states, labels, children or ids. Several flows or states are several walks; what they find is merged. Which way is
best is asked of the indexes themselves, each counted up to FEW. Ordinary lists find their page among the newest
SAMPLE executions, without any choice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.execution import CORRELATION
from celeriac.core.execution_filter import ChildFilter, ExecutionFilter
from celeriac.store.execution_conditions import (
    Condition,
    bounds,
    has_label,
    is_below,
    is_named,
    is_started_by,
    others,
    unindexed,
)
from celeriac.store.tables import EXECUTION, EXECUTION_LABEL, FLOW_HEAD

MOST_FLOWS = 100
"""Of more flows at once no walk each is worth it."""
MOST_WEIGHED = 10
FEW = 1000
SAMPLE = 1000

_SAMPLED = [EXECUTION.c[name] for name in ("id", "namespace", "flow_id", "state", "parent_id", "trigger")]

FlowKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Walk:
    """A part of an index. where: which, and what else must hold. is_joined: that names `execution`, the walk labels."""

    table: sa.Table
    where: tuple[Condition, ...]
    is_joined: bool = False

    @property
    def id(self) -> sa.ColumnElement[str]:
        """The column of execution ids."""
        return self.table.c.execution_id if self.table is EXECUTION_LABEL else self.table.c.id

    def ids(self, limit: int, order: sa.ColumnElement[str] | None = None) -> sa.Select[Any]:
        """Ids of the walk, as a statement that others can be united with."""
        found = sa.select(self.id.label("id")).select_from(self._source(self.is_joined)).where(*self.where).limit(limit)
        return sa.select((found if order is None else found.order_by(order)).subquery().c.id)

    def counts(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """How many executions of the walk have the same values of these columns of `execution`."""
        source = self._source(self.table is EXECUTION_LABEL)
        return sa.select(*columns, sa.func.count()).select_from(source).where(*self.where).group_by(*columns)

    def _source(self, is_joined: bool) -> Any:
        return self.table.join(EXECUTION, EXECUTION.c.id == self.id) if is_joined else self.table


@dataclass(frozen=True, slots=True)
class Way:
    """Walks that together lead to everything. covers: the conditions they stand for. is_ordered: each by ids.

    is_distinct: False when two of them may lead to the same.
    """

    walks: tuple[Walk, ...] = ()
    covers: frozenset[str] = frozenset()
    is_ordered: bool = True
    is_distinct: bool = True

    def ids(self, *, is_newest_first: bool, limit: int, offset: int = 0) -> sa.Select[Any] | None:
        """The ids of a page; None = nothing can be found."""
        if not self.walks:
            return None
        pages = [walk.ids(limit + offset, self._order(walk.id, is_newest_first)) for walk in self.walks]
        merged = pages[0].subquery() if len(pages) == 1 else self._union(pages).subquery()
        order = merged.c.id.desc() if is_newest_first else merged.c.id.asc()
        return sa.select(merged.c.id).order_by(order).limit(limit).offset(offset)

    def count(self, most: int) -> sa.Select[Any] | None:
        """How many there are, counted up to `most`."""
        if not self.walks:
            return None
        parts = [walk.ids(most) for walk in self.walks]
        found: Any = parts[0] if len(parts) == 1 else self._union(parts)
        return sa.select(sa.func.count()).select_from(found.limit(most).subquery())

    def completed(self, asked: ExecutionFilter) -> "Way":
        """With every condition of the filter that the way does not stand for."""
        return replace(self, walks=tuple(_completed(walk, asked, self.covers) for walk in self.walks))

    def _order(self, column: sa.ColumnElement[str], is_newest_first: bool) -> sa.ColumnElement[str]:
        column = column if self.is_ordered else unindexed(column)
        return column.desc() if is_newest_first else column.asc()

    def _union(self, parts: Sequence[sa.Select[Any]]) -> sa.CompoundSelect[Any]:
        return (sa.union_all if self.is_distinct else sa.union)(*parts)


@dataclass(frozen=True, slots=True)
class Ways:
    """The best ways to what a filter asks for. page: in the order of ids. count: in any."""

    page: Way
    count: Way


def sample(asked: ExecutionFilter, limit: int, offset: int = 0) -> sa.Select[Any]:
    """The ids of a page, as far as it lies among the newest (or oldest) SAMPLE executions of the filter's time."""
    newest = sa.select(*_SAMPLED).where(*bounds(EXECUTION.c.id, asked)).order_by(_by_id(EXECUTION.c.id, asked))
    found = newest.limit(SAMPLE).subquery().c
    labels = [has_label(found.id, one) for one in asked.labels]
    conditions = (*others(asked, execution=found), *labels)
    return sa.select(found.id).where(*conditions).order_by(_by_id(found.id, asked)).limit(limit).offset(offset)


def find_ways(connection: Connection, asked: ExecutionFilter) -> Ways:
    """The best ways, as the indexes are now."""
    keys = _flow_keys(connection, asked)
    if keys == []:
        return _with_id_prefix(Ways(Way(), Way()), asked)
    newest = Way((Walk(EXECUTION, bounds(EXECUTION.c.id, asked)),))
    ways = [*_ways(asked, keys), *_started_by(connection, asked)]
    weighed = [(_weight(connection, way), way) for way in ways]
    best = [way for weight, way in sorted(weighed, key=lambda one: one[0]) if weight < FEW][:1]
    page = best or [way for _, way in weighed if way.is_ordered] or [newest]
    count = best or sorted((way for _, way in weighed), key=lambda way: len(way.walks)) or [newest]
    return _with_id_prefix(Ways(page[0].completed(asked), count[0].completed(asked)), asked)


def _by_id(column: sa.ColumnElement[str], asked: ExecutionFilter) -> sa.ColumnElement[str]:
    return column.desc() if asked.is_newest_first else column.asc()


def _with_id_prefix(ways: Ways, asked: ExecutionFilter) -> Ways:
    """`q` names flows, or the beginning of an id: both are found."""
    prefix = asked.id_prefix
    if not prefix:
        return ways
    column = EXECUTION.c.id
    where = (column >= prefix, column <= prefix.ljust(22, "z"), *bounds(column, asked))
    walk = _completed(Walk(EXECUTION, where), asked, frozenset({"q"}))
    page, count = (replace(way, walks=(*way.walks, walk), is_distinct=False) for way in (ways.page, ways.count))
    return Ways(page, count)


def _flow_keys(connection: Connection, asked: ExecutionFilter) -> list[FlowKey] | None:
    """The flows that a filter names; None = it names none, or too many."""
    if not (asked.namespace or asked.flow_id or asked.q):
        return None
    if asked.is_exact and asked.namespace and asked.flow_id and not asked.q:
        return [(asked.namespace, asked.flow_id)]
    head = FLOW_HEAD.c
    statement = sa.select(head.namespace, head.id).order_by(head.namespace, head.id).limit(MOST_FLOWS + 1)
    if asked.namespace:
        statement = statement.where(is_below(head.namespace, asked.namespace, is_exact=asked.is_exact))
    if asked.flow_id:
        statement = statement.where(head.id == asked.flow_id)
    if asked.q:
        statement = statement.where(is_named(head.namespace, head.id, asked.q))
    keys = [(row.namespace, row.id) for row in connection.execute(statement)]
    return keys if len(keys) <= MOST_FLOWS else None


def _weight(connection: Connection, way: Way) -> int:
    """How much a way holds, counted a little further than one likes to read; of many walks it counts as much."""
    if len(way.walks) > MOST_WEIGHED:
        return FEW
    count = way.count(FEW)
    return 0 if count is None else int(connection.execute(count).scalar_one())


def _ways(asked: ExecutionFilter, keys: Sequence[FlowKey] | None) -> Iterator[Way]:
    """Every way but that along all ids; of equal ones the first is taken."""
    execution, limits = EXECUTION.c, bounds(EXECUTION.c.id, asked)
    states: list[tuple[Condition, ...]] = [(execution.state == state.value,) for state in asked.states]
    if keys is not None:
        flows = [(execution.namespace == namespace, execution.flow_id == flow_id) for namespace, flow_id in keys]
        walks = tuple(Walk(EXECUTION, (*flow, *state, *limits)) for flow in flows for state in states or [()])
        yield Way(walks, frozenset({"flow", "q", "state"}))
    if states:
        yield Way(tuple(Walk(EXECUTION, (*state, *limits)) for state in states), frozenset({"state"}))
    for wanted in asked.labels:
        yield Way(tuple(_labelled(asked, wanted)), frozenset({f"label {wanted}"}))
    if asked.namespace:
        where = (is_below(execution.namespace, asked.namespace, is_exact=asked.is_exact), *limits)
        yield Way((Walk(EXECUTION, where),), frozenset({"namespace"}), is_ordered=False)
    if asked.child_filter is ChildFilter.CHILD:
        yield Way((Walk(EXECUTION, (execution.parent_id > "", *limits)),), frozenset({"child"}), is_ordered=False)


def _labelled(asked: ExecutionFilter, wanted: tuple[str, str]) -> Iterator[Walk]:
    label = EXECUTION_LABEL.c
    key, value = wanted
    yield Walk(EXECUTION_LABEL, (label.key == key, label.value == value, *bounds(label.execution_id, asked)))
    if key == CORRELATION:
        yield Walk(EXECUTION, (EXECUTION.c.id == value, *bounds(EXECUTION.c.id, asked)))


def _started_by(connection: Connection, asked: ExecutionFilter) -> Iterator[Way]:
    """By tasks of an execution, or by triggers because of it: these have its correlation."""
    starter = asked.trigger_execution_id
    if not starter:
        return
    labels = connection.execute(sa.select(EXECUTION.c.labels).where(EXECUTION.c.id == starter)).scalar()
    by_task = Walk(EXECUTION, (EXECUTION.c.parent_id == starter, *bounds(EXECUTION.c.id, asked)))
    by_trigger, *_ = _labelled(asked, (CORRELATION, (labels or {}).get(CORRELATION, starter)))
    others = (sa.func.coalesce(EXECUTION.c.parent_id, "") != starter, is_started_by(starter))
    walks = (by_task, replace(by_trigger, where=(*by_trigger.where, *others), is_joined=True))
    yield Way(walks, frozenset({"starter"}), is_ordered=False)


def _completed(walk: Walk, asked: ExecutionFilter, covers: frozenset[str]) -> Walk:
    labels = [has_label(walk.id, one) for one in asked.labels if f"label {one}" not in covers]
    own = list(others(asked, covers))
    is_joined = walk.is_joined or (walk.table is EXECUTION_LABEL and bool(own))
    return replace(walk, where=(*walk.where, *own, *labels), is_joined=is_joined)
