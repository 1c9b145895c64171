"""Verifies passwords that requests bring, a limited number of wrong ones per address, per email and of both."""

import time
from collections.abc import Callable

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from werkzeug.exceptions import TooManyRequests

from celeriac.core.users import User
from celeriac.services.users import Users

Check = Callable[[str, str], User | None]
_EXTENSION = "celeriac.password_check"


class PasswordCheck:
    """`check(email, password)` → user or None. What was right a moment ago is not counted and costs nothing.

    Counted in this process: nothing that may be away is needed for a login.
    """

    def __init__(self, flask: Flask, users: Callable[[], Users]) -> None:
        self._users = users
        self._limiter = Limiter(_address, app=flask, storage_uri="memory://", strategy="moving-window")
        check: Check = self._verify
        for limit, key in (
            ("5 per minute; 30 per hour", _address_and_email),
            ("30 per minute; 300 per hour", _address),
            ("200 per hour", _email),
        ):
            check = self._limiter.limit(limit, key_func=key, deduct_when=_was_wrong)(check)
        self._limited = check

    def __call__(self, email: str, password: str) -> User | None:
        """Raises: TooManyRequests."""
        if user := self._users().recognise(email, password):
            return user
        g.tried_email = email.strip().lower()[:300]
        try:
            user = self._limited(email, password)
        except RateLimitExceeded as error:
            current = self._limiter.current_limit
            wait_s = max(1, round(current.reset_at - time.time())) if current else 60
            text = f"Too many wrong passwords. Try again in {wait_s} s"
            raise TooManyRequests(text, retry_after=wait_s) from error
        g.was_wrong = user is None
        return user

    def _verify(self, email: str, password: str) -> User | None:
        return self._users().verify(email, password)


def register_password_check(flask: Flask, users: Callable[[], Users]) -> None:
    """Makes the check of an application."""
    flask.extensions[_EXTENSION] = PasswordCheck(flask, users)


def password_check() -> PasswordCheck:
    """The check of the present application."""
    check: PasswordCheck = current_app.extensions[_EXTENSION]
    return check


def _was_wrong(response: Response) -> bool:
    return bool(g.get("was_wrong", False))


def _address() -> str:
    return f"address {request.remote_addr}"


def _email() -> str:
    return f"email {g.tried_email}"


def _address_and_email() -> str:
    return f"{request.remote_addr} {g.tried_email}"
