"""API tokens: made, shown once, stored as a hash, taken back."""

import hashlib
import secrets
from datetime import timedelta

from celeriac.core.errors import UserInvalid
from celeriac.core.users import TOKEN_PREFIX, Token, User
from celeriac.services.users import Users
from celeriac.store.token_store import TokenStore

LONGEST_NAME = 100
LONGEST_LIFETIME = timedelta(days=3650)


class Tokens:
    """Tokens of users. A token may what its user may at the time of its use."""

    def __init__(self, store: TokenStore, users: Users) -> None:
        self._store = store
        self._users = users

    def add(self, email: str, name: str, lifetime: timedelta | None = None) -> tuple[str, Token]:
        """(the secret, which nobody will see again, the token). lifetime: None = it never expires.

        Raises: UserNotFound, UserInvalid.
        """
        user = self._users.get(email)
        if not name.strip() or len(name) > LONGEST_NAME:
            raise UserInvalid(f"a token needs a name of at most {LONGEST_NAME} characters, to tell it from others")
        if lifetime is not None and not timedelta(0) < lifetime <= LONGEST_LIFETIME:
            raise UserInvalid("a token is valid for one second to ten years, or for ever")
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        return secret, self._store.add(secrets.token_hex(8), user.email, name.strip(), _hash(secret), lifetime)

    def list(self, email: str | None = None) -> list[Token]:
        """The tokens of a user, or of everybody. Raises: UserNotFound."""
        return self._store.list(None if email is None else self._users.get(email).email)

    def revoke(self, token_id: str, email: str | None = None) -> None:
        """Ends a token; with `email` only when it is that user's. Raises: TokenNotFound."""
        self._store.delete(token_id, email)

    def verify(self, secret: str) -> User | None:
        """Whose token this is; None when nobody's, expired, or its user is disabled."""
        if not secret.startswith(TOKEN_PREFIX):
            return None
        found = self._store.find(_hash(secret))
        if found is None or found[1].is_disabled:
            return None
        self._users.seen(found[1])
        return found[1]


def _hash(secret: str) -> str:
    """Random secrets of 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
