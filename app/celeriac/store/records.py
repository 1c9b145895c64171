"""Rows of users and tokens as mapped objects, for flask-sqlalchemy. Only the web loads this: the ORM costs 6 MB."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from celeriac.core.users import Token, User
from celeriac.store.tables import METADATA, TOKEN, USER
from celeriac.store.token_store import token_from
from celeriac.store.user_store import user_from


class Record(DeclarativeBase):
    """Base of all of them, on the tables that everything else uses."""

    metadata = METADATA


class UserRecord(Record):
    """A row of `user_account`."""

    __table__ = USER

    def value(self) -> User:
        """The user."""
        return user_from({column.key: getattr(self, column.key) for column in USER.c})


class TokenRecord(Record):
    """A row of `token`."""

    __table__ = TOKEN

    def value(self) -> Token:
        """The token."""
        return token_from({column.key: getattr(self, column.key) for column in TOKEN.c})


def users_by_email(q: str) -> sa.Select[UserRecord]:
    """Users whose email or name contains the text."""
    fits = sa.or_(USER.c.email.icontains(q, autoescape=True), USER.c.name.icontains(q, autoescape=True))
    return sa.select(UserRecord).where(fits).order_by(USER.c.email)


def newest_tokens(email: str | None) -> sa.Select[TokenRecord]:
    """The tokens of a user, or of everybody."""
    owned = sa.true() if email is None else TOKEN.c.email == email
    return sa.select(TokenRecord).where(owned).order_by(TOKEN.c.created_us.desc(), TOKEN.c.id)
