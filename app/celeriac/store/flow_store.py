"""Flows as written, revision by revision."""

from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.store.database import Database
from celeriac.store.tables import FLOW


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """One revision of a flow."""

    namespace: str
    id: str
    revision: int
    source: str


class FlowStore:
    """Revisions of flows; a revision never changes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)

    def get(self, namespace: str, flow_id: str, revision: int | None = None) -> StoredFlow | None:
        """A revision, None = the newest; None when there is no such flow."""
        statement = sa.select(FLOW.c.namespace, FLOW.c.id, FLOW.c.revision, FLOW.c.source).where(
            FLOW.c.namespace == namespace, FLOW.c.id == flow_id
        )
        if revision is not None:
            statement = statement.where(FLOW.c.revision == revision)
        with self.database.read() as connection:
            row = connection.execute(statement.order_by(FLOW.c.revision.desc()).limit(1)).first()
        return StoredFlow(*row) if row else None

    def save(self, namespace: str, flow_id: str, source: str) -> StoredFlow:
        """Adds a revision, unless the newest has the same source."""
        while True:
            newest = self.get(namespace, flow_id)
            if newest is not None and newest.source == source:
                return newest
            revision = newest.revision + 1 if newest else 1
            try:
                with self.database.write() as connection:
                    connection.execute(
                        FLOW.insert().values(
                            namespace=namespace, id=flow_id, revision=revision, source=source, created_us=self._now
                        )
                    )
                return StoredFlow(namespace, flow_id, revision, source)
            except sa.exc.IntegrityError:
                continue
