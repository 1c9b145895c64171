"""Events: executions have entered states while some trigger listens. Written with the states, deleted when heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.core.execution import Execution
from celeriac.core.state import State
from celeriac.store.database import Database
from celeriac.store.tables import ATTEMPT, FLOW_EVENT, RUN, TRIGGER
from celeriac.store.trigger_store import Key


@dataclass(frozen=True, slots=True)
class FlowEvent:
    """Entries of an execution's histories, `count` of them from `first` on, that are new."""

    id: int
    execution_id: str
    first: int
    count: int


@lru_cache(maxsize=64)
def _insert(now: sa.ColumnElement[int]) -> sa.Insert:
    """Writes nothing while nobody listens."""
    columns = ["execution_id", "first", "count", "at_us"]
    values = sa.select(
        sa.bindparam("x", type_=sa.String),
        sa.bindparam("f", type_=sa.Integer),
        sa.bindparam("c", type_=sa.Integer),
        now,
    ).where(sa.exists().where(TRIGGER.c.listens))
    return FLOW_EVENT.insert().from_select(columns, values).execution_options(preserve_rowcount=True)


def record_events(connection: Connection, now: sa.ColumnElement[int], execution: Execution) -> bool:
    """Tells of the states entered since the execution was read or written, if anybody listens; True when so.

    CREATED, the first state, is never told. The caller sets `execution.told` after its commit.
    """
    first = max(execution.told, 1)
    count = len(execution.histories) - first
    if count <= 0:
        return False
    return connection.execute(_insert(now), {"x": execution.id, "f": first, "c": count}).rowcount > 0


class FlowEventStore:
    """Events, oldest first, and what hearing one changes of the triggers that collect them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def oldest(self, limit: int = 500) -> list[FlowEvent]:
        """What has not been heard yet."""
        statement = sa.select(FLOW_EVENT.c.id, FLOW_EVENT.c.execution_id, FLOW_EVENT.c.first, FLOW_EVENT.c.count)
        with self.database.read() as connection:
            return [FlowEvent(*row) for row in connection.execute(statement.order_by(FLOW_EVENT.c.id).limit(limit))]

    def hear(self, event: FlowEvent, changes: Mapping[Key, Callable[[Any], Mapping[str, Any]]]) -> bool:
        """Deletes an event and changes triggers, in one transaction: {trigger: state → new values of its columns}.

        False when somebody else has heard it; nothing is changed then.
        """
        is_event = sa.and_(
            FLOW_EVENT.c.id == event.id,
            FLOW_EVENT.c.execution_id == event.execution_id,
            FLOW_EVENT.c.first == event.first,
        )
        with self.database.write() as connection:
            if connection.execute(FLOW_EVENT.delete().where(is_event)).rowcount != 1:
                return False
            for key in sorted(changes):
                change_state(connection, key, changes[key])
        return True

    def change(self, key: Key, change: Callable[[Any], Mapping[str, Any]]) -> None:
        """Changes one trigger: state → new values of its columns."""
        with self.database.write() as connection:
            change_state(connection, key, change)

    def retried(self, execution_id: str) -> tuple[str, ...]:
        """States of the attempts that were followed by another."""
        statement = sa.select(ATTEMPT.c.state).where(ATTEMPT.c.execution_id == execution_id)
        with self.database.read() as connection:
            return tuple(connection.execute(statement).scalars())

    def task_ids(self, execution_id: str) -> tuple[str | None, str | None]:
        """(the task of the newest task run, the task of the first FAILED one)."""
        runs = sa.select(RUN.c.task_id).where(RUN.c.execution_id == execution_id).limit(1)
        failed = runs.where(RUN.c.state == State.FAILED.value).order_by(RUN.c.seq)
        with self.database.read() as connection:
            return connection.scalar(runs.order_by(RUN.c.seq.desc())), connection.scalar(failed)


def change_state(connection: Connection, key: Key, change: Callable[[Any], Mapping[str, Any]]) -> None:
    """Reads the state of a trigger, which nobody else can change until the end of the transaction, and writes it."""
    is_trigger = sa.and_(*(TRIGGER.c[name] == part for name, part in zip(_KEY, key, strict=True)))
    row = connection.execute(sa.select(TRIGGER.c.state).where(is_trigger).with_for_update()).first()
    if row is not None and (values := change(row.state)):
        connection.execute(TRIGGER.update().where(is_trigger).values(**values))


_KEY = ("namespace", "flow_id", "trigger_id")
