"""Flows as written, revision by revision, and what lists show of the newest ones."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.flow import Flow
from celeriac.store.database import Database
from celeriac.store.tables import FLOW, FLOW_HEAD


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """One revision of a flow. is_deletion: the flow was removed with it."""

    namespace: str
    id: str
    revision: int
    source: str
    created_us: int = 0
    is_deletion: bool = False


class RevisionMoved(Exception):
    """Somebody else has saved the flow meanwhile; `newest` is what is there now, None = nothing."""

    def __init__(self, newest: StoredFlow | None) -> None:
        super().__init__(newest.revision if newest else 0)
        self.newest = newest


class FlowStore:
    """Revisions of flows; a revision never changes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)

    def get(self, namespace: str, flow_id: str, revision: int | None = None) -> StoredFlow | None:
        """A revision, None = the newest; None when there is no such flow, or it was removed (no revision given)."""
        with self.database.read() as connection:
            found = _newest(connection, namespace, flow_id, revision)
        return None if found is None or (found.is_deletion and revision is None) else found

    def save(self, flow: Flow, source: str, *, expected: int | None = None) -> StoredFlow:
        """Adds a revision, unless the newest has the same source.

        expected: the revision that must still be the newest, 0 = the flow must not exist, None = whatever is there.
        Raises: RevisionMoved.
        """
        while True:
            with self.database.read() as connection:
                newest = _newest(connection, flow.namespace, flow.id)
            living = None if newest is None or newest.is_deletion else newest
            if expected is not None and expected != (living.revision if living else 0):
                raise RevisionMoved(living)
            if living is not None and living.source == source:
                return living
            revision = newest.revision + 1 if newest else 1
            try:
                with self.database.write() as connection:
                    self._insert(connection, flow.namespace, flow.id, revision, source, is_deletion=False)
                    self._set_head(
                        connection,
                        flow.namespace,
                        flow.id,
                        revision=revision,
                        is_deleted=False,
                        is_disabled=flow.disabled,
                        description=flow.description,
                        labels=dict(flow.labels),
                    )
                return StoredFlow(flow.namespace, flow.id, revision, source)
            except sa.exc.IntegrityError:
                continue

    def delete(self, namespace: str, flow_id: str) -> StoredFlow | None:
        """Removes a flow by a last revision that says so; its revisions stay. None when there is no such flow."""
        while True:
            newest = self.get(namespace, flow_id)
            if newest is None:
                return None
            revision = newest.revision + 1
            try:
                with self.database.write() as connection:
                    self._insert(connection, namespace, flow_id, revision, newest.source, is_deletion=True)
                    self._set_head(connection, namespace, flow_id, revision=revision, is_deleted=True)
                return StoredFlow(namespace, flow_id, revision, newest.source, is_deletion=True)
            except sa.exc.IntegrityError:
                continue

    def _insert(
        self, connection: Connection, namespace: str, flow_id: str, revision: int, source: str, *, is_deletion: bool
    ) -> None:
        """Raises: IntegrityError when the revision is there already."""
        key = {"namespace": namespace, "id": flow_id, "revision": revision}
        connection.execute(FLOW.insert().values(**key, source=source, is_deletion=is_deletion, created_us=self._now))

    def _set_head(self, connection: Connection, namespace: str, flow_id: str, **values: object) -> None:
        fresh = {"namespace": namespace, "id": flow_id, "is_disabled": False, "labels": {}, "triggers_revision": 0}
        statement = self.database.insert(FLOW_HEAD).values(**fresh | values, updated_us=self._now)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[FLOW_HEAD.c.namespace, FLOW_HEAD.c.id], set_={**values, "updated_us": self._now}
            )
        )


def _newest(connection: Connection, namespace: str, flow_id: str, revision: int | None = None) -> StoredFlow | None:
    columns = (FLOW.c.namespace, FLOW.c.id, FLOW.c.revision, FLOW.c.source, FLOW.c.created_us, FLOW.c.is_deletion)
    statement = sa.select(*columns).where(FLOW.c.namespace == namespace, FLOW.c.id == flow_id)
    if revision is not None:
        statement = statement.where(FLOW.c.revision == revision)
    row = connection.execute(statement.order_by(FLOW.c.revision.desc()).limit(1)).first()
    return StoredFlow(*row) if row else None
