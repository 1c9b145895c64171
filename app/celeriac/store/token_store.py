"""API tokens: rows of `token`, found by the hash of their secret."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from celeriac.core.errors import TokenNotFound
from celeriac.core.users import Token, User
from celeriac.store.database import Database
from celeriac.store.tables import TOKEN, USER
from celeriac.store.user_store import SEEN_EACH_US, moment, user_from


class TokenStore:
    """Tokens live as long as their user is not disabled."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)
        self._is_valid = sa.or_(TOKEN.c.expires_us.is_(None), TOKEN.c.expires_us > self._now)

    def add(self, token_id: str, email: str, name: str, sha256: str, lifetime: timedelta | None) -> Token:
        """The new token; lifetime None = it never expires."""
        expires = None if lifetime is None else self._now + int(lifetime.total_seconds() * 1_000_000)
        values = {"email": email, "name": name, "sha256": sha256, "created_us": self._now, "expires_us": expires}
        with self.database.write() as connection:
            connection.execute(TOKEN.insert().values(id=token_id, **values))
            row = connection.execute(sa.select(TOKEN).where(TOKEN.c.id == token_id)).mappings().one()
        return token_from(row)

    def list(self, email: str | None = None) -> list[Token]:
        """The tokens of a user, or of everybody, oldest first."""
        wanted = sa.true() if email is None else TOKEN.c.email == email
        with self.database.read() as connection:
            rows = connection.execute(sa.select(TOKEN).where(wanted).order_by(TOKEN.c.created_us, TOKEN.c.id))
            return [token_from(row) for row in rows.mappings()]

    def delete(self, token_id: str, email: str | None = None) -> None:
        """Ends a token; with `email` only when it is that user's. Raises: TokenNotFound."""
        owned = sa.true() if email is None else TOKEN.c.email == email
        with self.database.write() as connection:
            if not connection.execute(TOKEN.delete().where(TOKEN.c.id == token_id, owned)).rowcount:
                raise TokenNotFound(f"There is no token {token_id}.")

    def find(self, sha256: str) -> tuple[Token, User] | None:
        """The token with that hash and whose it is, when it has not expired; notes its use once a minute."""
        unused_us = (self._now - TOKEN.c.used_us).label("unused_us")
        valid = sa.select(TOKEN, unused_us).where(TOKEN.c.sha256 == sha256, self._is_valid)
        with self.database.read() as connection:
            row = connection.execute(valid).mappings().first()
            if row is None:
                return None
            owner = connection.execute(sa.select(USER).where(USER.c.email == row["email"])).mappings().first()
        if owner is None:
            return None
        if row["unused_us"] is None or row["unused_us"] > SEEN_EACH_US:
            with self.database.write() as connection:
                connection.execute(TOKEN.update().where(TOKEN.c.id == row["id"]).values(used_us=self._now))
        return token_from(row), user_from(owner)


def token_from(row: Mapping[Any, Any]) -> Token:
    """A row of `token` as a value."""
    return Token(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        created_at=moment(row["created_us"]),
        expires_at=None if row["expires_us"] is None else moment(row["expires_us"]),
        used_at=None if row["used_us"] is None else moment(row["used_us"]),
    )
