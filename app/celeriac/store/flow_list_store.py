"""Lists of flows: their newest revisions, their history, their namespaces."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from celeriac.core.flow_filter import FlowFilter
from celeriac.core.page import Page
from celeriac.store.database import Database
from celeriac.store.flow_store import StoredFlow
from celeriac.store.flow_where import holds, living
from celeriac.store.tables import FLOW, FLOW_HEAD

_HEAD = (
    FLOW_HEAD.c.namespace,
    FLOW_HEAD.c.id,
    FLOW_HEAD.c.revision,
    FLOW_HEAD.c.is_disabled,
    FLOW_HEAD.c.description,
    FLOW_HEAD.c.labels,
    FLOW_HEAD.c.updated_us,
)
_REVISION = (FLOW.c.namespace, FLOW.c.id, FLOW.c.revision, FLOW.c.source, FLOW.c.created_us, FLOW.c.is_deletion)
_SORTED: dict[str, sa.Column[Any]] = {
    "namespace": FLOW_HEAD.c.namespace,
    "id": FLOW_HEAD.c.id,
    "revision": FLOW_HEAD.c.revision,
    "updated": FLOW_HEAD.c.updated_us,
    "disabled": FLOW_HEAD.c.is_disabled,
    "description": FLOW_HEAD.c.description,
}
COUNTED = 10_000
"""Totals of a search in sources are exact up to here: each counted text was read."""


@dataclass(frozen=True, slots=True)
class FlowRow:
    """What a list shows of a flow."""

    namespace: str
    id: str
    revision: int
    is_disabled: bool
    description: str | None
    labels: dict[str, str] = field(hash=False)
    updated_us: int


class FlowListStore:
    """Reads `flow_head`, and `flow` for those that are shown."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def search(self, asked: FlowFilter) -> Page[FlowRow]:
        """The living flows of a filter, a page of them."""
        where = living(asked)
        statement = sa.select(*_HEAD).where(*where).order_by(*_order(asked)).limit(asked.size).offset(asked.offset)
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
            total = connection.execute(sa.select(sa.func.count()).select_from(FLOW_HEAD).where(*where)).scalar_one()
        return Page([_row(row) for row in rows], total)

    def sources(self, rows: Sequence[FlowRow]) -> list[StoredFlow]:
        """The revisions that were listed, as written, in the same order."""
        keys = [(row.namespace, row.id, row.revision) for row in rows]
        statement = sa.select(*_REVISION).where(sa.tuple_(FLOW.c.namespace, FLOW.c.id, FLOW.c.revision).in_(keys))
        with self.database.read() as connection:
            found = {(row.namespace, row.id, row.revision): StoredFlow(*row) for row in connection.execute(statement)}
        return [found[key] for key in keys if key in found]

    def source_search(self, text: str, asked: FlowFilter) -> Page[StoredFlow]:
        """The living flows whose source holds the text, in any case; asks every source of the filter."""
        joined = FLOW_HEAD.join(
            FLOW,
            sa.and_(
                FLOW.c.namespace == FLOW_HEAD.c.namespace,
                FLOW.c.id == FLOW_HEAD.c.id,
                FLOW.c.revision == FLOW_HEAD.c.revision,
            ),
        )
        where = [*living(asked), holds(FLOW.c.source, text)]
        statement = sa.select(*_REVISION).select_from(joined).where(*where).order_by(*_order(asked))
        counted = sa.select(sa.literal(1)).select_from(joined).where(*where).limit(COUNTED).subquery()
        with self.database.read() as connection:
            rows = connection.execute(statement.limit(asked.size).offset(asked.offset)).all()
            total = connection.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one()
        return Page([StoredFlow(*row) for row in rows], total, total_capped=total == COUNTED)

    def revisions(self, namespace: str, flow_id: str, limit: int) -> list[StoredFlow]:
        """The newest revisions of a flow, oldest first."""
        statement = sa.select(*_REVISION).where(FLOW.c.namespace == namespace, FLOW.c.id == flow_id)
        with self.database.read() as connection:
            rows = connection.execute(statement.order_by(FLOW.c.revision.desc()).limit(limit)).all()
        return [StoredFlow(*row) for row in reversed(rows)]

    def namespaces(self, q: str = "") -> list[str]:
        """The namespaces that have living flows, in order."""
        statement = sa.select(FLOW_HEAD.c.namespace).distinct().where(FLOW_HEAD.c.is_deleted.is_(False))
        if q:
            statement = statement.where(holds(FLOW_HEAD.c.namespace, q))
        with self.database.read() as connection:
            return list(connection.execute(statement.order_by(FLOW_HEAD.c.namespace)).scalars())


def _order(asked: FlowFilter) -> list[sa.ColumnElement[Any]]:
    columns = [_SORTED[name].desc() if is_descending else _SORTED[name].asc() for name, is_descending in asked.sort]
    return [*columns, FLOW_HEAD.c.namespace.asc(), FLOW_HEAD.c.id.asc()]


def _row(row: Any) -> FlowRow:
    return FlowRow(
        row.namespace, row.id, row.revision, row.is_disabled, row.description, row.labels or {}, row.updated_us
    )
