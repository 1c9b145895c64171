"""Flows as written, revision by revision, and what lists show of the newest ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.flow import Flow
from celeriac.core.flow_filter import FlowFilter
from celeriac.store.database import Database
from celeriac.store.flow_where import living
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


@dataclass(frozen=True, slots=True)
class Draft:
    """A flow to be saved. expected: the revision that must still be the newest, 0 = the flow must not exist, None =
    whatever is there."""

    flow: Flow
    source: str
    expected: int | None = None


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
        found = self.find(namespace, flow_id, revision)
        return None if found is None or (found.is_deletion and revision is None) else found

    def find(self, namespace: str, flow_id: str, revision: int | None = None) -> StoredFlow | None:
        """As `get`, the revision that says that a flow was removed too."""
        with self.database.read() as connection:
            return _newest(connection, namespace, flow_id, revision)

    def save(self, flow: Flow, source: str, *, expected: int | None = None) -> StoredFlow:
        """Adds a revision, unless the newest has the same source. expected: as of Draft. Raises: RevisionMoved."""
        draft = Draft(flow, source, expected)
        with self.database.read() as connection:
            there = _unchanged(draft, _newest(connection, flow.namespace, flow.id))
        return there or self.save_all([draft])[0]

    def save_all(self, drafts: Sequence[Draft], others: FlowFilter | None = None) -> list[StoredFlow]:
        """Saves all or nothing; every other flow of the filter is removed in the same transaction.

        Answers in the order of the drafts, then what was removed. Raises: RevisionMoved.
        """
        order = sorted(range(len(drafts)), key=lambda i: (drafts[i].flow.namespace, drafts[i].flow.id))
        while True:
            try:
                with self.database.write() as connection:
                    saved = {i: self._save(connection, drafts[i]) for i in order}
                    gone = self._remove_all(connection, _others(connection, drafts, others))
                return [saved[i] for i in range(len(drafts))] + gone
            except sa.exc.IntegrityError:
                continue

    def delete(self, namespace: str, flow_id: str) -> StoredFlow | None:
        """Removes a flow by a last revision that says so; its revisions stay. None when there is no such flow."""
        return next(iter(self.delete_all([(namespace, flow_id)])), None)

    def delete_all(self, keys: Sequence[tuple[str, str]]) -> list[StoredFlow]:
        """Removes flows, all or nothing; those that exist no more are passed over."""
        while True:
            try:
                with self.database.write() as connection:
                    return self._remove_all(connection, keys)
            except sa.exc.IntegrityError:
                continue

    def _save(self, connection: Connection, draft: Draft) -> StoredFlow:
        flow = draft.flow
        newest = _newest(connection, flow.namespace, flow.id)
        if there := _unchanged(draft, newest):
            return there
        stored = StoredFlow(flow.namespace, flow.id, newest.revision + 1 if newest else 1, draft.source)
        return self._add(
            connection,
            stored,
            is_disabled=flow.disabled,
            description=flow.description,
            labels=dict(flow.labels),
        )

    def _remove_all(self, connection: Connection, keys: Iterable[tuple[str, str]]) -> list[StoredFlow]:
        gone = (self._remove(connection, *key) for key in sorted(set(keys)))
        return [one for one in gone if one is not None]

    def _remove(self, connection: Connection, namespace: str, flow_id: str) -> StoredFlow | None:
        newest = _newest(connection, namespace, flow_id)
        if newest is None or newest.is_deletion:
            return None
        return self._add(
            connection, StoredFlow(namespace, flow_id, newest.revision + 1, newest.source, is_deletion=True)
        )

    def _add(self, connection: Connection, stored: StoredFlow, **shown: object) -> StoredFlow:
        """The revision, and what lists show of it. Raises: IntegrityError when the revision is there already."""
        key = {"namespace": stored.namespace, "id": stored.id}
        created_us: int = connection.execute(
            FLOW.insert()
            .values(
                **key,
                revision=stored.revision,
                source=stored.source,
                is_deletion=stored.is_deletion,
                created_us=self._now,
            )
            .returning(FLOW.c.created_us)
        ).scalar_one()
        values = {**shown, "revision": stored.revision, "is_deleted": stored.is_deletion, "updated_us": created_us}
        fresh = {"is_disabled": False, "labels": {}, "triggers_revision": 0}
        statement = self.database.insert(FLOW_HEAD).values(**key, **fresh | values)
        connection.execute(
            statement.on_conflict_do_update(index_elements=[FLOW_HEAD.c.namespace, FLOW_HEAD.c.id], set_=values)
        )
        return StoredFlow(
            stored.namespace, stored.id, stored.revision, stored.source, created_us, is_deletion=stored.is_deletion
        )


def _unchanged(draft: Draft, newest: StoredFlow | None) -> StoredFlow | None:
    """What is there when nothing has to be saved. Raises: RevisionMoved."""
    living = None if newest is None or newest.is_deletion else newest
    if draft.expected is not None and draft.expected != (living.revision if living else 0):
        raise RevisionMoved(living)
    return living if living is not None and living.source == draft.source else None


def _others(connection: Connection, drafts: Sequence[Draft], among: FlowFilter | None) -> Iterable[tuple[str, str]]:
    """The keys of the living flows that are not among the drafts."""
    if among is None:
        return ()
    keys = connection.execute(sa.select(FLOW_HEAD.c.namespace, FLOW_HEAD.c.id).where(*living(among)))
    return {(row.namespace, row.id) for row in keys} - {(draft.flow.namespace, draft.flow.id) for draft in drafts}


def _newest(connection: Connection, namespace: str, flow_id: str, revision: int | None = None) -> StoredFlow | None:
    statement = _newest_one if revision is None else _revision
    row = connection.execute(statement, {"n": namespace, "i": flow_id, "r": revision}).first()
    return StoredFlow(*row) if row else None


_revisions = sa.select(
    FLOW.c.namespace, FLOW.c.id, FLOW.c.revision, FLOW.c.source, FLOW.c.created_us, FLOW.c.is_deletion
).where(FLOW.c.namespace == sa.bindparam("n"), FLOW.c.id == sa.bindparam("i"))
_revision = _revisions.where(FLOW.c.revision == sa.bindparam("r"))
_newest_one = _revisions.order_by(FLOW.c.revision.desc()).limit(1)
