"""Keys of the KV store as people look at them: lists, with what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from celeriac.core.page import Page
from celeriac.store.database import Database
from celeriac.store.tables import KEY_VALUE


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key without its value. version: counts the changes from 1."""

    namespace: str
    key: str
    kind: str
    description: str | None
    version: int
    expires_us: int | None
    updated_us: int


_COLUMNS = (
    KEY_VALUE.c.namespace,
    KEY_VALUE.c.key,
    KEY_VALUE.c.kind,
    KEY_VALUE.c.description,
    KEY_VALUE.c.version,
    KEY_VALUE.c.expires_us,
    KEY_VALUE.c.updated_us,
)


class KeyListStore:
    """Reads only; keys that have expired are not there."""

    def __init__(self, database: Database) -> None:
        self.database = database
        now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._alive = sa.or_(KEY_VALUE.c.expires_us.is_(None), KEY_VALUE.c.expires_us > now)

    def find(self, namespace: str, key: str) -> tuple[KeyRow, Any] | None:
        """A key with its value."""
        statement = sa.select(*_COLUMNS, KEY_VALUE.c.value)
        where = (KEY_VALUE.c.namespace == namespace, KEY_VALUE.c.key == key, self._alive)
        with self.database.read() as connection:
            row = connection.execute(statement.where(*where)).first()
        return None if row is None else (KeyRow(*row[:-1]), orjson.loads(row.value))

    def search(self, q: str, namespaces: Sequence[str] | None, page: int, size: int) -> Page[KeyRow]:
        """q: a part of the key, in any case. namespaces: exactly these, None = all. In order of namespace and key."""
        escaped = q.replace("/", "//").replace("%", "/%").replace("_", "/_")
        where = [self._alive]
        if q:
            where.append(sa.func.lower(KEY_VALUE.c.key).like(sa.func.lower(f"%{escaped}%"), escape="/"))
        if namespaces is not None:
            where.append(KEY_VALUE.c.namespace.in_(namespaces))
        statement = sa.select(*_COLUMNS).where(*where).order_by(KEY_VALUE.c.namespace, KEY_VALUE.c.key)
        with self.database.read() as connection:
            rows = connection.execute(statement.limit(size).offset((page - 1) * size)).all()
            total = connection.execute(sa.select(sa.func.count()).select_from(KEY_VALUE).where(*where)).scalar_one()
        return Page([KeyRow(*row) for row in rows], total)

    def namespaces(self) -> list[str]:
        """The namespaces that have keys, in order."""
        statement = sa.select(KEY_VALUE.c.namespace).distinct().where(self._alive)
        with self.database.read() as connection:
            return list(connection.execute(statement.order_by(KEY_VALUE.c.namespace)).scalars())
