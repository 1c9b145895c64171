"""Users: rows of `user_account`, by email. Knows hashes of passwords, never passwords."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from celeriac.core.errors import Refused, UserNotFound
from celeriac.core.users import Role, User
from celeriac.store.database import Database
from celeriac.store.tables import USER

SEEN_EACH_US = 60_000_000
"""How exact `seen_at` is: reading a page does not write a row."""


class UserStore:
    """Reads and changes users; `session_version` rises with everything that is to end their sessions."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)

    def add(self, email: str, password_hash: str, role: Role, name: str | None) -> User:
        """The new user. Raises: Refused when the email is taken."""
        values = {"name": name, "password_hash": password_hash, "role": role.value, "created_us": self._now}
        try:
            with self.database.write() as connection:
                connection.execute(USER.insert().values(email=email, **values))
        except sa.exc.IntegrityError as error:
            raise Refused(f"There already is a user {email}.") from error
        return self.get(email)

    def any(self) -> bool:
        """True when somebody may have to log in, disabled users included."""
        with self.database.read() as connection:
            return connection.execute(sa.select(USER.c.email).limit(1)).first() is not None

    def get(self, email: str) -> User:
        """Raises: UserNotFound."""
        found = self.find(email)
        if found is None:
            raise UserNotFound(f"There is no user {email}.")
        return found[0]

    def find(self, email: str) -> tuple[User, str] | None:
        """(user, hash of the password); None when there is no such user."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(USER).where(USER.c.email == email)).mappings().first()
        return None if row is None else (user_from(row), row["password_hash"])

    def list(self) -> list[User]:
        """Every user, by email."""
        with self.database.read() as connection:
            return [user_from(row) for row in connection.execute(sa.select(USER).order_by(USER.c.email)).mappings()]

    def set_password_hash(self, email: str, password_hash: str, *, ends_sessions: bool) -> None:
        """Raises: UserNotFound."""
        self._change(email, ends_sessions=ends_sessions, password_hash=password_hash)

    def set_role(self, email: str, role: Role) -> None:
        """Raises: UserNotFound; Refused when nobody would be left to manage users."""
        self._change(email, role=role.value)

    def set_disabled(self, email: str, is_disabled: bool) -> None:
        """Disabling ends sessions. Raises: UserNotFound; Refused when nobody would be left to manage users."""
        self._change(email, ends_sessions=is_disabled, is_disabled=is_disabled)

    def seen(self, email: str) -> None:
        """Notes that the user is here, at most once a minute."""
        is_due = sa.or_(USER.c.seen_us.is_(None), USER.c.seen_us < self._now - SEEN_EACH_US)
        with self.database.write() as connection:
            connection.execute(USER.update().where(USER.c.email == email, is_due).values(seen_us=self._now))

    def _change(self, email: str, *, ends_sessions: bool = False, **values: Any) -> None:
        """Locks the rows of all admins first, so that the last two cannot retire each other."""
        if ends_sessions:
            values["session_version"] = USER.c.session_version + 1
        with self.database.write() as connection:
            admins = sa.select(USER.c.email).where(USER.c.role == Role.ADMIN.value, sa.not_(USER.c.is_disabled))
            before = set(connection.execute(admins.order_by(USER.c.email).with_for_update()).scalars())
            if not connection.execute(USER.update().where(USER.c.email == email).values(**values)).rowcount:
                raise UserNotFound(f"There is no user {email}.")
            if before and connection.execute(admins.limit(1)).first() is None:
                raise Refused(f"{email} is the last admin: make somebody else admin first.")


def user_from(row: Mapping[Any, Any]) -> User:
    """A row of `user_account` as a value."""
    return User(
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        is_disabled=row["is_disabled"],
        session_version=row["session_version"],
        created_at=moment(row["created_us"]),
        seen_at=None if row["seen_us"] is None else moment(row["seen_us"]),
    )


def moment(us: int) -> datetime:
    """Microseconds since the epoch as an aware time."""
    return datetime.fromtimestamp(us / 1_000_000, UTC)
