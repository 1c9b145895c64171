"""Users and tokens, as they are asked for and answered."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from celeriac.core.users import Role, Token, User
from celeriac.web.models.shapes import Answer, Asked, Found, Paging

Text = Annotated[str, Field(max_length=1024)]


class UserDocument(Answer):
    """Somebody who may log in."""

    email: str
    name: str | None
    role: Role
    is_disabled: bool
    created_at: datetime
    seen_at: datetime | None

    @staticmethod
    def of(user: User) -> "UserDocument":
        """A user as it is shown."""
        return UserDocument.model_validate(user, from_attributes=True)


class Me(Answer):
    """Who asks. email: None when nobody has to log in, which gives every right."""

    email: str | None
    name: str | None
    role: Role
    is_open: bool


class UsersFound(Found):
    """A part of the list of users."""

    results: list[UserDocument]


class NewUser(Asked):
    """A user to add."""

    email: Text
    password: Text
    role: Role = Role.VIEWER
    name: Text | None = None


class UserChange(Asked):
    """What is to change of a user; what is absent stays."""

    password: Text | None = None
    role: Role | None = None
    is_disabled: bool | None = None


class OwnPassword(Asked):
    """A new password of who asks. current: the present one."""

    current: Text
    password: Text


class UserPaging(Paging):
    """Which part of the users; q: text in email or name."""

    q: Text = ""


class TokenDocument(Answer):
    """An API token, without its secret."""

    id: str
    email: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None

    @staticmethod
    def of(token: Token) -> "TokenDocument":
        """A token as it is shown."""
        return TokenDocument.model_validate(token, from_attributes=True)


class TokensFound(Found):
    """Every token of a user."""

    results: list[TokenDocument]


class NewToken(Asked):
    """A token to make for who asks. days: how long it is valid, None = for ever."""

    name: Text
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class MadeToken(TokenDocument):
    """The new token. token: its secret, which is shown this one time."""

    token: str
