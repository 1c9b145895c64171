"""The login page, and the end of a session."""

import logging
from collections.abc import Callable

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, TooManyRequests

from celeriac.web import sessions
from celeriac.web.assets import AssetsMissing
from celeriac.web.attempts import password_check
from celeriac.web.origins import refuse_other_sites
from celeriac.wiring import App

blueprint = Blueprint("login", __name__, url_prefix="/ui", template_folder="dashboard/templates")
_log = logging.getLogger(__name__)


@blueprint.get("/login")
def page() -> ResponseReturnValue:
    """The form; somebody who is logged in goes on."""
    celeriac: App = current_app.extensions["celeriac"]
    found = sessions.of_request()
    if found and celeriac.users.of_session(*found):
        return redirect(local_path(request.args.get("next", "")))
    return _form()


@blueprint.post("/login")
def log_in() -> ResponseReturnValue:
    """Begins a session, or shows the form again with what is wrong."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        refuse_other_sites()
        sessions.check_csrf()
        user = password_check()(email, password)
    except TooManyRequests as error:
        _log.warning("login refused", extra={"email": email[:300], "address": request.remote_addr, "how": "limit"})
        return _form(error.description or "", 429, {"Retry-After": str(error.retry_after)})
    except Forbidden:
        return _form("The form was out of date. Please try again.", 403)
    if user is None:
        _log.warning("login refused", extra={"email": email[:300], "address": request.remote_addr, "how": "form"})
        return _form("This email and password do not belong together.", 401)
    sessions.begin(user)
    _log.info("logged in", extra={"email": user.email, "address": request.remote_addr})
    return redirect(local_path(request.args.get("next", "")), 303)


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """Ends the session of this browser."""
    found = sessions.of_request()
    sessions.end()
    _log.info("logged out", extra={"email": found[0] if found else "", "address": request.remote_addr})
    return redirect("/ui/login", 303)


def local_path(wanted: str) -> str:
    """Where to go next: a path of this server, whatever was asked for."""
    is_path = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if is_path and not wanted.startswith("/ui/login") else "/ui/"


def theme() -> str:
    """The theme that this browser has chosen on the settings page."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in ("light", "dark") else "system"


def assets() -> Markup:
    """The styles of the pages; the form works without them, too."""
    asset_tags: Callable[[str], Markup] = current_app.jinja_env.globals["asset_tags"]  # type: ignore[assignment] # ours
    try:
        return asset_tags("shell")
    except AssetsMissing:
        return Markup()


def _form(wrong: str = "", status: int = 200, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    celeriac: App = current_app.extensions["celeriac"]
    page = render_template(
        "login.html",
        assets=assets(),
        theme=theme(),
        wrong=wrong,
        email=request.form.get("email", ""),
        next=local_path(request.args.get("next", "")),
        has_users=celeriac.users.any(),
    )
    return page, status, headers or {}
