"""Who may do what: roles, users, API tokens, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from celeriac.core.errors import UserInvalid

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
LONGEST_EMAIL = 254
TOKEN_PREFIX = "cel_"


class Role(StrEnum):
    """What a user may do; each may also do what the ones before it may."""

    VIEWER = "viewer"
    """Looks at everything."""
    OPERATOR = "operator"
    """Starts and steers executions and triggers."""
    EDITOR = "editor"
    """Changes flows, namespace files and the KV store."""
    ADMIN = "admin"
    """Manages users."""

    @property
    def rank(self) -> int:
        """Rises with the rights."""
        return list(Role).index(self)

    def includes(self, needed: "Role") -> bool:
        """True when this role may do what `needed` may."""
        return self.rank >= needed.rank


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in. session_version: sessions that were begun with another one have ended."""

    email: str
    name: str | None
    role: Role
    is_disabled: bool
    session_version: int
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """An API token of a user; its secret is known to nobody but its holder. expires_at: None = never."""

    id: str
    email: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


def checked_email(text: str) -> str:
    """The email as it is stored, in lower case. Raises: UserInvalid."""
    email = text.strip().lower()
    name, at, domain = email.rpartition("@")
    odd = any(character.isspace() or not character.isprintable() for character in email)
    if not (name and at and domain) or odd or len(email) > LONGEST_EMAIL:
        raise UserInvalid(f"`{text}` is no email address: one looks like name@example.com")
    return email


def checked_password(password: str) -> str:
    """The password, when it may be one. Raises: UserInvalid."""
    if len(password) < SHORTEST_PASSWORD:
        raise UserInvalid(f"a password has at least {SHORTEST_PASSWORD} characters, this one has {len(password)}")
    if len(password) > LONGEST_PASSWORD:
        raise UserInvalid(f"a password has at most {LONGEST_PASSWORD} characters")
    return password


def checked_role(text: str) -> Role:
    """The role of that name. Raises: UserInvalid."""
    try:
        return Role(text)
    except ValueError as error:
        raise UserInvalid(f"there is no role `{text}`: it is one of {', '.join(Role)}") from error
