"""Lists of triggers, for the API and the pages."""

import sqlalchemy as sa

from celeriac.core.page import Page
from celeriac.store.database import Database
from celeriac.store.tables import TRIGGER
from celeriac.store.trigger_store import COLUMNS, TriggerRow


class TriggerListStore:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def search(self, namespace: str, flow_id: str, q: str, page: int, size: int) -> Page[TriggerRow]:
        """namespace: this one and those below it. q: part of a namespace, flow id or trigger id. Empty = any."""
        wanted: list[sa.ColumnElement[bool]] = []
        if namespace:
            below = TRIGGER.c.namespace.startswith(f"{namespace}.", autoescape=True)
            wanted.append(sa.or_(TRIGGER.c.namespace == namespace, below))
        if flow_id:
            wanted.append(TRIGGER.c.flow_id == flow_id)
        if q:
            names = (TRIGGER.c.namespace, TRIGGER.c.flow_id, TRIGGER.c.trigger_id)
            wanted.append(sa.or_(*(name.icontains(q, autoescape=True) for name in names)))
        key = (TRIGGER.c.namespace, TRIGGER.c.flow_id, TRIGGER.c.trigger_id)
        statement = sa.select(*COLUMNS).where(*wanted).order_by(*key).limit(size).offset((page - 1) * size)
        with self.database.read() as connection:
            rows = [TriggerRow(*row) for row in connection.execute(statement)]
            total = connection.scalar(sa.select(sa.func.count()).select_from(TRIGGER).where(*wanted)) or 0
        return Page(rows, total)

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
