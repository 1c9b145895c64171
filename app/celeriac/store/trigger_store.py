"""Triggers: what is known of them beside their YAML. Knows no type of trigger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.tables import EXECUTION, FLOW_HEAD, TRIGGER

Key = tuple[str, str, str]
"""(namespace, flow id, trigger id)."""


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """A trigger as stored; the columns of the table `trigger`."""

    namespace: str
    flow_id: str
    trigger_id: str
    type: str
    flow_revision: int
    is_disabled: bool = False
    is_concurrent: bool = False
    listens: bool = False
    next_us: int | None = None
    last_us: int | None = None
    execution_id: str | None = None
    evaluated_us: int | None = None
    error: str | None = None
    backfill: dict[str, Any] | None = None
    state: dict[str, Any] | None = None
    updated_us: int = 0

    @property
    def key(self) -> Key:
        return self.namespace, self.flow_id, self.trigger_id


@dataclass(frozen=True, slots=True)
class Head:
    """A flow whose triggers are not those of its newest revision."""

    namespace: str
    flow_id: str
    revision: int
    is_deleted: bool


COLUMNS = [TRIGGER.c[name] for name in TriggerRow.__dataclass_fields__]
_NAMES = ("namespace", "flow_id", "trigger_id", "type", "flow_revision")
_REVISED = ("type", "flow_revision", "is_concurrent", "listens")
"""What a new revision changes of a trigger that says the same as before; its dates and its state stay."""


class TriggerStore:
    """Rows of triggers. Times are given by the caller, in microseconds."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database) -> None:
        self.database = database

    def unsynced(self, limit: int = 100) -> list[Head]:
        """Flows whose triggers have to be brought up to date."""
        head = FLOW_HEAD.c
        statement = sa.select(head.namespace, head.id, head.revision, head.is_deleted)
        with self.database.read() as connection:
            rows = connection.execute(statement.where(head.triggers_revision != head.revision).limit(limit))
            return [Head(*row) for row in rows]

    def head(self, namespace: str, flow_id: str) -> Head | None:
        """The flow, when its triggers have to be brought up to date."""
        head = FLOW_HEAD.c
        statement = sa.select(head.namespace, head.id, head.revision, head.is_deleted).where(
            head.namespace == namespace, head.id == flow_id, head.triggers_revision != head.revision
        )
        with self.database.read() as connection:
            row = connection.execute(statement).first()
            return Head(*row) if row else None

    def of_flow(self, namespace: str, flow_id: str) -> list[TriggerRow]:
        """The triggers of a flow."""
        with self.database.read() as connection:
            return _rows(connection, sa.and_(TRIGGER.c.namespace == namespace, TRIGGER.c.flow_id == flow_id))

    def get(self, key: Key) -> TriggerRow | None:
        """One trigger; None when there is none."""
        with self.database.read() as connection:
            return next(iter(_rows(connection, _is(key))), None)

    def replace(self, head: Head, rows: Sequence[TriggerRow], kept: Iterable[str]) -> bool:
        """Makes these the triggers of a flow. kept: ids of those that keep their dates and state. One that is switched
        off gets no date, whatever its row here says: somebody may switch it meanwhile.

        False when the flow has moved on meanwhile; nothing is written then.
        """
        synced = (
            FLOW_HEAD.update()
            .where(
                FLOW_HEAD.c.namespace == head.namespace,
                FLOW_HEAD.c.id == head.flow_id,
                FLOW_HEAD.c.revision == head.revision,
            )
            .values(triggers_revision=head.revision)
        )
        of_flow = sa.and_(TRIGGER.c.namespace == head.namespace, TRIGGER.c.flow_id == head.flow_id)
        stay = set(kept)
        with self.database.write() as connection:
            if connection.execute(synced).rowcount != 1:
                return False
            connection.execute(TRIGGER.delete().where(of_flow, TRIGGER.c.trigger_id.not_in(r.trigger_id for r in rows)))
            for row in rows:
                values = {column.name: getattr(row, column.name) for column in COLUMNS}
                changed = {name: values[name] for name in (*_REVISED, "updated_us")}
                if row.trigger_id not in stay:
                    changed |= {name: values[name] for name in ("state", "error")}
                    changed["next_us"] = sa.case(
                        (sa.not_(TRIGGER.c.is_disabled), sa.literal(row.next_us, sa.BigInteger))
                    )
                connection.execute(
                    self.database.insert(TRIGGER)
                    .values(values)
                    .on_conflict_do_update(index_elements=list(TRIGGER.primary_key), set_=changed)
                )
        return True

    def due(self, now_us: int, limit: int = 500) -> list[Key]:
        """Triggers whose date has come and that do not wait for the end of an execution, the longest due first."""
        running = sa.exists().where(EXECUTION.c.id == TRIGGER.c.execution_id, EXECUTION.c.ended_us.is_(None))
        statement = (
            sa.select(TRIGGER.c.namespace, TRIGGER.c.flow_id, TRIGGER.c.trigger_id)
            .where(TRIGGER.c.next_us <= now_us, sa.not_(TRIGGER.c.is_disabled))
            .where(sa.or_(TRIGGER.c.is_concurrent, ~running))
            .order_by(TRIGGER.c.next_us)
            .limit(limit)
        )
        with self.database.read() as connection:
            return [(row.namespace, row.flow_id, row.trigger_id) for row in connection.execute(statement)]

    def change(self, key: Key, *, expected: TriggerRow | None = None, **values: Any) -> bool:
        """Sets columns. expected: only while the trigger still has this next date, revision and switch."""
        statement = TRIGGER.update().where(_is(key))
        if expected is not None:
            statement = statement.where(
                TRIGGER.c.next_us.is_not_distinct_from(expected.next_us),
                TRIGGER.c.flow_revision == expected.flow_revision,
                TRIGGER.c.is_disabled == expected.is_disabled,
            )
        with self.database.write() as connection:
            return connection.execute(statement.values(**values)).rowcount == 1

    def listening(self) -> list[TriggerRow]:
        """Triggers that want to know of executions' states; of each only what says which one it is."""
        columns = [TRIGGER.c[name] for name in _NAMES]
        statement = sa.select(*columns).where(TRIGGER.c.listens, sa.not_(TRIGGER.c.is_disabled)).order_by(*columns[:3])
        with self.database.read() as connection:
            return [TriggerRow(*row) for row in connection.execute(statement)]

    def dated(self) -> list[TriggerRow]:
        """Triggers that have a next date."""
        with self.database.read() as connection:
            return _rows(connection, sa.and_(TRIGGER.c.next_us.is_not(None), sa.not_(TRIGGER.c.is_disabled)))


def _is(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(TRIGGER.c.namespace == key[0], TRIGGER.c.flow_id == key[1], TRIGGER.c.trigger_id == key[2])


def _rows(connection: Connection, condition: sa.ColumnElement[bool]) -> list[TriggerRow]:
    key = (TRIGGER.c.namespace, TRIGGER.c.flow_id, TRIGGER.c.trigger_id)
    return [TriggerRow(*row) for row in connection.execute(sa.select(*COLUMNS).where(condition).order_by(*key))]
