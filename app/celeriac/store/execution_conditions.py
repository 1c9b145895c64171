"""The conditions of a filter as SQL, each in a form that no index serves: which index is walked is chosen elsewhere."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from celeriac.core.execution import CORRELATION, new_execution_id
from celeriac.core.execution_filter import ChildFilter, ExecutionFilter, Scope
from celeriac.store.tables import EXECUTION, EXECUTION_LABEL

_SYSTEM = "system"

Condition = sa.ColumnElement[bool]
Columns = Any
"""The columns of `execution`, or of a subquery with the same names."""


def bounds(column: sa.ColumnElement[str], asked: ExecutionFilter) -> tuple[Condition, ...]:
    """Which ids, by time and by the page before; these an index does serve."""
    conditions: list[Condition] = []
    if asked.start is not None:
        conditions.append(column >= first_id(int(asked.start.timestamp() * 1000)))
    if asked.end is not None:
        conditions.append(column < first_id(int(asked.end.timestamp() * 1000) + 1))
    if asked.cursor:
        conditions.append(column < asked.cursor if asked.is_newest_first else column > asked.cursor)
    return tuple(conditions)


def first_id(at_ms: int) -> str:
    """The smallest id of a millisecond."""
    return new_execution_id(max(0, min(at_ms, (1 << 48) - 1)), 0)


def others(
    asked: ExecutionFilter, covers: frozenset[str] = frozenset(), execution: Columns = EXECUTION.c
) -> Iterator[Condition]:
    """Every condition on columns of `execution`, or of a part of it, whose kind is not in `covers`."""
    namespace, flow_id = unindexed(execution.namespace), unindexed(execution.flow_id)
    if "flow" not in covers:
        if asked.namespace and "namespace" not in covers:
            yield is_below(namespace, asked.namespace, is_exact=asked.is_exact)
        if asked.flow_id:
            yield flow_id == asked.flow_id
        if asked.q and "q" not in covers:
            yield is_named(namespace, flow_id, asked.q)
    if asked.states and "state" not in covers:
        yield unindexed(execution.state).in_([state.value for state in asked.states])
    if asked.trigger_execution_id and "starter" not in covers:
        yield sa.or_(
            unindexed(execution.parent_id) == asked.trigger_execution_id,
            is_started_by(asked.trigger_execution_id, execution),
        )
    if asked.child_filter is ChildFilter.MAIN:
        yield sa.func.coalesce(execution.parent_id, "") == ""
    if asked.child_filter is ChildFilter.CHILD and "child" not in covers:
        yield sa.func.coalesce(execution.parent_id, "") != ""
    if asked.scope is not None:
        is_system = is_below(namespace, _SYSTEM)
        yield is_system if asked.scope is Scope.SYSTEM else sa.not_(is_system)


def is_below(column: sa.ColumnElement[str], namespace: str, *, is_exact: bool = False) -> Condition:
    """A namespace and, unless `is_exact`, those below it; one range of an index, of which `a-b` is left out."""
    if is_exact:
        return column == namespace
    in_range = sa.and_(column >= namespace, column < f"{namespace}/")
    return sa.and_(in_range, sa.or_(column == namespace, column >= f"{namespace}."))


def is_named(namespace: sa.ColumnElement[str], flow_id: sa.ColumnElement[str], q: str) -> Condition:
    """A flow whose id contains a text; with a dot in the text, whose full name does."""
    name = namespace + "." + flow_id if "." in q else flow_id
    return sa.func.lower(name).contains(q.lower(), autoescape=True)


def has_label(execution_id: sa.ColumnElement[str], wanted: tuple[str, str]) -> Condition:
    """An execution with a label. Its own id as the correlation is not stored."""
    label = EXECUTION_LABEL.alias().c
    key, value = wanted
    exists = sa.exists().where(label.key == key, label.value == value, label.execution_id == execution_id)
    return sa.or_(exists, execution_id == value) if key == CORRELATION else exists


def is_started_by(execution_id: str, execution: Columns = EXECUTION.c) -> Condition:
    """An execution that a task, or a trigger because of another execution, has started."""
    trigger = sa.type_coerce(execution.trigger, sa.JSON)
    starter: sa.ColumnElement[str] = trigger[("variables", "executionId")].as_string()
    return starter == execution_id


def unindexed(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A column in a form that no index of it serves."""
    return column + sa.literal_column("''")
