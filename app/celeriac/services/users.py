"""Users: who there is, what they may do, whether a password is right. Knows nothing of requests and sessions."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from celeriac.core.errors import UserInvalid
from celeriac.core.users import LONGEST_PASSWORD, Role, User, checked_email, checked_password, checked_role
from celeriac.services.passwords import Passwords
from celeriac.store.user_store import UserStore

_SEEN_EACH = timedelta(minutes=1)
_LOOK_EACH = timedelta(seconds=1)


class Users:
    """Everything about users but their tokens. Emails are compared in lower case."""

    def __init__(self, store: UserStore, passwords: Passwords, now: Callable[[], datetime]) -> None:
        self._store = store
        self._passwords = passwords
        self._now = now
        self._are_there = False
        self._look_again = datetime.min.replace(tzinfo=UTC)

    def any(self) -> bool:
        """True when there is a user, even a disabled one: everybody must log in from then on, or a second later."""
        if not self._are_there and (now := self._now()) >= self._look_again:
            self._look_again = now + _LOOK_EACH
            self._are_there = self._store.any()
        return self._are_there

    def add(self, email: str, password: str, role: str = Role.VIEWER, name: str | None = None) -> User:
        """A new user. Raises: UserInvalid, Refused when there already is one of that email."""
        email, password, checked = checked_email(email), checked_password(password), checked_role(role)
        added = self._store.add(email, self._passwords.hash(password), checked, name)
        self._are_there = True
        return added

    def ensure_first(self, email: str, password: str) -> bool:
        """Makes the first admin; False, and nothing is done, when there is any user. Raises: UserInvalid."""
        if self.any():
            return False
        if not password:
            raise UserInvalid("the first admin needs a password, too")
        self.add(email, password, Role.ADMIN)
        return True

    def list(self) -> Sequence[User]:
        """Every user, by email."""
        return self._store.list()

    def get(self, email: str) -> User:
        """Raises: UserNotFound."""
        return self._store.get(email.strip().lower())

    def set_password(self, email: str, password: str) -> None:
        """Ends all sessions of the user. Raises: UserNotFound, UserInvalid."""
        user = self.get(email)
        password_hash = self._passwords.hash(checked_password(password))
        self._store.set_password_hash(user.email, password_hash, ends_sessions=True)

    def set_role(self, email: str, role: str) -> User:
        """Raises: UserNotFound, UserInvalid; Refused for the last admin."""
        self._store.set_role(self.get(email).email, checked_role(role))
        return self.get(email)

    def disable(self, email: str) -> User:
        """Ends sessions; tokens rest until the user is enabled. Raises: UserNotFound; Refused for the last admin."""
        self._store.set_disabled(self.get(email).email, True)
        return self.get(email)

    def enable(self, email: str) -> User:
        """Raises: UserNotFound."""
        self._store.set_disabled(self.get(email).email, False)
        return self.get(email)

    def verify(self, email: str, password: str) -> User | None:
        """The user whose password this is; None for everything else, after the same time."""
        found = self._store.find(email.strip().lower())
        stored = found[1] if found else None
        is_right = self._passwords.verify(password[: LONGEST_PASSWORD + 1], stored)
        if not is_right or found is None or found[0].is_disabled:
            return None
        if stored is not None and self._passwords.is_outdated(stored):
            self._store.set_password_hash(found[0].email, self._passwords.hash(password), ends_sessions=False)
        self.seen(found[0])
        return found[0]

    def recognise(self, email: str, password: str) -> User | None:
        """The same for a password that was verified here in the last minutes, at next to no cost; else None."""
        found = self._store.find(email.strip().lower())
        if found is None or found[0].is_disabled or not self._passwords.was_right(password, found[1]):
            return None
        self.seen(found[0])
        return found[0]

    def of_session(self, email: str, session_version: int) -> User | None:
        """The user of a session that was begun with this version, when it has not ended."""
        found = self._store.find(email)
        if found is None or found[0].is_disabled or found[0].session_version != session_version:
            return None
        self.seen(found[0])
        return found[0]

    def seen(self, user: User) -> None:
        """Notes that the user is here, at most once a minute."""
        if user.seen_at is None or self._now() - user.seen_at > _SEEN_EACH:
            self._store.seen(user.email)
