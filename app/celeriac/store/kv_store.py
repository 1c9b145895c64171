"""The KV store: values by namespace and key, with an optional date of expiry."""

from typing import Any

import orjson
import sqlalchemy as sa

from celeriac.core.errors import KeyNotFound, Refused
from celeriac.store.database import Database
from celeriac.store.tables import KEY_VALUE


class KeyValueStore:
    """Implements `core.task_type.KeyValues`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._alive = sa.or_(KEY_VALUE.c.expires_us.is_(None), KEY_VALUE.c.expires_us > self._now)

    def get(self, namespace: str, key: str) -> Any:
        """The value. Raises: KeyNotFound."""
        statement = sa.select(KEY_VALUE.c.value).where(
            KEY_VALUE.c.namespace == namespace, KEY_VALUE.c.key == key, self._alive
        )
        with self.database.read() as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise KeyNotFound(f"No value found for key '{key}' in namespace '{namespace}'")
        return orjson.loads(row.value)

    def set(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        overwrite: bool = True,
        ttl_s: float | None = None,
        kind: str | None = None,
        description: str | None = None,
    ) -> None:
        """Stores a JSON-able value. Raises: Refused when the key exists and must not be overwritten."""
        values = {
            "value": orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode(),
            "kind": kind or kind_of(value),
            "description": description,
            "expires_us": None if ttl_s is None else self._now + int(ttl_s * 1_000_000),
            "updated_us": self._now,
        }
        statement = self.database.insert(KEY_VALUE).values(namespace=namespace, key=key, version=1, **values)
        statement = statement.on_conflict_do_update(
            index_elements=[KEY_VALUE.c.namespace, KEY_VALUE.c.key],
            set_={**values, "version": KEY_VALUE.c.version + 1},
            where=None if overwrite else sa.not_(self._alive),
        )
        with self.database.write() as connection:
            if not connection.execute(statement).rowcount:
                raise Refused(
                    f"Cannot set value for key '{key}'. Key already exists and `overwrite` is set to `false`."
                )

    def delete(self, namespace: str, key: str) -> bool:
        """True when there was such a key."""
        with self.database.write() as connection:
            gone = connection.execute(
                KEY_VALUE.delete().where(KEY_VALUE.c.namespace == namespace, KEY_VALUE.c.key == key)
            )
            return gone.rowcount > 0

    def keys(self, namespace: str, prefix: str) -> list[str]:
        """Keys that begin with `prefix`, in order."""
        statement = sa.select(KEY_VALUE.c.key).where(
            KEY_VALUE.c.namespace == namespace, KEY_VALUE.c.key.startswith(prefix, autoescape=True), self._alive
        )
        with self.database.read() as connection:
            return list(connection.execute(statement.order_by(KEY_VALUE.c.key)).scalars())


def kind_of(value: Any) -> str:
    """The type that Kestra names for a value."""
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int | float):
        return "NUMBER"
    return "STRING" if isinstance(value, str) else "JSON"
