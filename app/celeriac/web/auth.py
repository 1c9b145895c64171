"""Who asks, and whether they may: before every request, whatever its view."""

import logging
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from celeriac.core.users import TOKEN_PREFIX, Role, User
from celeriac.web import login, rights, sessions
from celeriac.web.attempts import password_check, register_password_check
from celeriac.web.errors import problem
from celeriac.web.origins import is_loopback, refuse_other_names, refuse_other_sites
from celeriac.wiring import App

_log = logging.getLogger(__name__)
_REALM = "Celeriac"


class RightMissing(Forbidden):
    """The user's role is not enough. more: members of the problem document."""

    def __init__(self, role: Role, needed: Role) -> None:
        super().__init__(f"You are {role}; this needs the right of the role {needed}. An admin can give it to you")
        self.more = {"role": role.value, "needs": needed.value}


def register_auth(flask: Flask, celeriac: App) -> None:
    """Installs sessions, the login page, and the check of every request.

    Without any user, and as long as only this machine can reach the server, nobody has to log in.
    """
    sessions.register_sessions(flask, celeriac)
    register_password_check(flask, lambda: celeriac.users)
    flask.before_request(_admit)
    flask.register_blueprint(login.blueprint)
    flask.jinja_env.globals.update(current_user=current_user, may=may, is_open=is_open)


def current_user() -> User | None:
    """Who asks; None when nobody has to log in."""
    user: User | None = g.get("user")
    return user


def is_open() -> bool:
    """True when nobody has to log in: there is no user, and only this machine reaches the server."""
    celeriac: App = current_app.extensions["celeriac"]
    if "is_open" not in g:
        g.is_open = is_loopback(celeriac.settings.web_host) and not celeriac.users.any()
    return bool(g.is_open)


def may(role: str) -> bool:
    """True when who asks has the rights of the role; for templates, which hide what would be refused."""
    user = current_user()
    return is_open() if user is None else user.role.includes(Role(role))


def _admit() -> AnyResponse | None:
    needed = rights.needed(request.method, request.url_rule.rule if request.url_rule else None)
    if needed is None:
        return None
    is_bearer = request.authorization is not None and request.authorization.type == "bearer"
    if not is_bearer:
        refuse_other_sites()
    if is_open():
        refuse_other_names()
        return None
    user = _of_credentials() if request.authorization else _of_session()
    if user is None:
        return _ask()
    if not user.role.includes(needed):
        raise RightMissing(user.role, needed)
    g.user = user
    return None


def _of_session() -> User | None:
    celeriac: App = current_app.extensions["celeriac"]
    found = sessions.of_request()
    user = celeriac.users.of_session(*found) if found else None
    if user is not None and not rights.is_read(request.method):
        sessions.check_csrf()
    return user


def _of_credentials() -> User | None:
    """A bearer token, or HTTP Basic with a password or a token in its place."""
    celeriac: App = current_app.extensions["celeriac"]
    sent = request.authorization
    assert sent is not None
    if sent.type == "bearer":
        return celeriac.tokens.verify(sent.token or "")
    email, password = sent.get("username") or "", sent.get("password") or ""
    if password.startswith(TOKEN_PREFIX):
        return celeriac.tokens.verify(password)
    user = password_check()(email, password)
    if user is None:
        _log.warning("login refused", extra={"email": email[:300], "address": request.remote_addr, "how": "basic"})
    return user


def _ask() -> AnyResponse:
    """Sends people to the login page and tells clients what to send."""
    page = request.full_path.removesuffix("?") if rights.is_read(request.method) else "/ui/"
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": _login(login.local_path(_path_of_page()))})
    is_page = rights.is_read(request.method) and not request.path.startswith("/api/")
    if is_page and request.accept_mimetypes.accept_html and not request.authorization:
        return redirect(_login(page))
    wrong = "These credentials are not valid" if request.authorization else "This needs a login"
    response = problem(401, f"{wrong}: send an API token (`Authorization: Bearer cel_…`) or HTTP Basic")
    response.headers.add("WWW-Authenticate", f'Bearer realm="{_REALM}"')
    if "Sec-Fetch-Mode" not in request.headers:
        response.headers.add("WWW-Authenticate", f'Basic realm="{_REALM}", charset="UTF-8"')
    return response


def _path_of_page() -> str:
    """Path and query of the page whose script asks."""
    return "/" + request.headers.get("HX-Current-URL", "").partition("://")[2].partition("/")[2]


def _login(page: str) -> str:
    return "/ui/login" if page in ("", "/", "/ui/") else f"/ui/login?{urlencode({'next': page})}"
