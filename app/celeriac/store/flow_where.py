"""Conditions on `flow_head`: which flows of those that exist."""

from typing import Any

import sqlalchemy as sa

from celeriac.core.flow_filter import FlowFilter
from celeriac.store.tables import FLOW_HEAD


def living(asked: FlowFilter) -> list[sa.ColumnElement[bool]]:
    """All conditions of a filter; the flow was not removed."""
    where: list[sa.ColumnElement[bool]] = [FLOW_HEAD.c.is_deleted.is_(False)]
    namespace = FLOW_HEAD.c.namespace
    if asked.namespace and asked.is_exact:
        where.append(namespace == asked.namespace)
    elif asked.namespace:
        where.append(sa.or_(namespace == asked.namespace, _below(asked.namespace)))
    for word in asked.q.split():
        columns = (namespace + "." + FLOW_HEAD.c.id, FLOW_HEAD.c.description)
        where.append(sa.or_(*(holds(column, word) for column in columns)))
    where += [FLOW_HEAD.c.labels[key].as_string() == value for key, value in asked.labels]
    return where


def holds(column: sa.ColumnElement[str] | sa.Column[Any], text: str) -> sa.ColumnElement[bool]:
    """Both in lower case as the database makes it: SQLite knows ASCII letters only."""
    escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return sa.func.lower(column).like(sa.func.lower(f"%{escaped}%"), escape="/")


def _below(namespace: str) -> sa.ColumnElement[bool]:
    """A range, which an index serves; `/` follows the dot."""
    return sa.and_(FLOW_HEAD.c.namespace > f"{namespace}.", FLOW_HEAD.c.namespace < f"{namespace}/")
