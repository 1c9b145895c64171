"""Lists of triggers, for the API and the pages."""

from collections.abc import Iterable

import sqlalchemy as sa

from celeriac.core.page import Page
from celeriac.core.trigger_filter import TriggerFilter
from celeriac.store.database import Database
from celeriac.store.tables import EXECUTION, TRIGGER
from celeriac.store.trigger_store import COLUMNS, TriggerRow

_KEY = (TRIGGER.c.namespace, TRIGGER.c.flow_id, TRIGGER.c.trigger_id)


class TriggerListStore:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def search(self, asked: TriggerFilter) -> Page[TriggerRow]:
        """The triggers of a filter, a page of them."""
        where, sorts = _conditions(asked), [_order(TRIGGER.c[name], is_down) for name, is_down in asked.sort]
        statement = sa.select(*COLUMNS).where(*where).order_by(*sorts, *_KEY)
        with self.database.read() as connection:
            rows = connection.execute(statement.limit(asked.size).offset((asked.page - 1) * asked.size))
            found = [TriggerRow(*row) for row in rows]
            total = connection.scalar(sa.select(sa.func.count()).select_from(TRIGGER).where(*where)) or 0
        return Page(found, total)

    def upcoming(self, until_us: int, limit: int) -> list[TriggerRow]:
        """Triggers whose next date comes until then, the next one first."""
        statement = (
            sa.select(*COLUMNS)
            .where(TRIGGER.c.next_us <= until_us, sa.not_(TRIGGER.c.is_disabled))
            .order_by(TRIGGER.c.next_us)
            .limit(limit)
        )
        with self.database.read() as connection:
            return [TriggerRow(*row) for row in connection.execute(statement)]

    def running(self, execution_ids: Iterable[str]) -> frozenset[str]:
        """Those of some executions that have not ended."""
        ids = list(execution_ids)
        statement = sa.select(EXECUTION.c.id).where(EXECUTION.c.id.in_(ids), EXECUTION.c.ended_us.is_(None))
        with self.database.read() as connection:
            return frozenset(connection.execute(statement).scalars()) if ids else frozenset()


def _conditions(asked: TriggerFilter) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if asked.namespace:
        below = TRIGGER.c.namespace.startswith(f"{asked.namespace}.", autoescape=True)
        same = TRIGGER.c.namespace == asked.namespace
        wanted.append(same if asked.is_exact else sa.or_(same, below))
    if asked.flow_id:
        wanted.append(TRIGGER.c.flow_id == asked.flow_id)
    if asked.trigger_id:
        wanted.append(TRIGGER.c.trigger_id == asked.trigger_id)
    if asked.q:
        wanted.append(sa.or_(*(name.icontains(asked.q, autoescape=True) for name in _KEY)))
    return wanted


def _order(column: "sa.ColumnElement[object]", is_descending: bool) -> "sa.ColumnElement[object]":
    """What has no date comes last, on each database."""
    return column.desc().nulls_last() if is_descending else column.asc().nulls_last()
