"""JSON columns: JSONB on PostgreSQL. Its dialect, a tenth of a second to import, is loaded only where it is used."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class JsonType(sa.TypeDecorator[Any]):
    """A JSON value; None is NULL."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name != "postgresql":
            return sa.JSON(none_as_null=True)
        from sqlalchemy.dialects.postgresql import JSONB

        return JSONB(none_as_null=True)
