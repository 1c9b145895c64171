"""Sessions of browsers: a signed cookie with the email, the session version and a token against forged requests."""

import hmac
import secrets
from datetime import timedelta

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import Forbidden

from celeriac.core.users import User
from celeriac.wiring import App

LIFETIME = timedelta(days=14)
HEADER = "X-Celeriac-CSRF"
FLOWERS_HEADER = "X-XSRFToken"
"""The scripts of Flower repeat the cookie `_xsrf` in it."""
FIELD = "csrf"
_EMAIL, _VERSION, _CSRF = "email", "version", "csrf"


class _Sessions(SecureCookieSessionInterface):
    """The cookie is `Secure` whenever the request came by TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def register_sessions(flask: Flask, celeriac: App) -> None:
    """Signs sessions with keys that come from the installation's own; older ones of these still count."""
    keys = celeriac.encryption.derived("sessions")
    flask.session_interface = _Sessions()
    flask.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=list(keys[1:]),
        SESSION_COOKIE_NAME=f"celeriac_{celeriac.settings.instance}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    flask.jinja_env.globals["csrf_token"] = csrf_token


def begin(user: User) -> None:
    """The browser of the present request is the user's from now on."""
    session.clear()
    session.permanent = True
    session.update({_EMAIL: user.email, _VERSION: user.session_version, _CSRF: secrets.token_urlsafe(24)})


def end() -> None:
    """The browser is nobody's."""
    session.clear()


def of_request() -> tuple[str, int] | None:
    """(email, session version) of the present request's cookie."""
    email, version = session.get(_EMAIL), session.get(_VERSION)
    return (email, version) if isinstance(email, str) and isinstance(version, int) else None


def csrf_token() -> str:
    """What forms and scripts of our pages send with each change."""
    if _CSRF not in session:
        session[_CSRF] = secrets.token_urlsafe(24)
    return str(session[_CSRF])


def check_csrf() -> None:
    """A form below /ui may send the token as a field; the bodies of others are not read here. Raises: Forbidden."""
    sent = request.headers.get(HEADER, "")
    if not sent and request.path.startswith("/ui/"):
        sent = request.form.get(FIELD, "")
    elif not sent and request.path.startswith("/flower/"):
        sent = request.headers.get(FLOWERS_HEADER, "")
    if not hmac.compare_digest(sent.encode(), str(session.get(_CSRF, "")).encode()) or not sent:
        raise Forbidden(
            f"The page is out of date: load it again. (A change within a session needs the header {HEADER}; clients "
            "send an API token instead of a cookie.)"
        )
