"""What all pages share: the blueprint around them, what their templates can call, old addresses, errors as pages."""

from flask import Blueprint, Flask, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from celeriac.web.dashboard import (
    editor,
    execution,
    executions,
    flow,
    flows,
    home,
    logs,
    preferences,
    run,
    steering,
    triggers,
)
from celeriac.web.dashboard.addresses import with_changes
from celeriac.web.dashboard.failure_pages import register_failures
from celeriac.web.dashboard.moments import register_filters
from celeriac.web.dashboard.preferences import theme, zone_name

_ICON = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#2fbf93" stroke-width="2"
 stroke-linecap="round" stroke-linejoin="round"><path d="M12 21c-4.500 0-7-2.800-7-6.400C5 11 8 9 12 9s7 2 7 5.600c0
 3.600-2.500 6.400-7 6.400zM12 9V6M12 6c0-2 1.500-3.500 3.500-3.500M12 7.500C11 5.500 9.500 4.500 7.500 4.500"/></svg>
"""
PAGES = (home, flows, editor, run, flow, executions, steering, execution, triggers, logs, preferences)


def register_dashboard(flask: Flask) -> None:
    """Adds every page to the application."""
    ui = Blueprint("ui", __name__, url_prefix="/ui", template_folder="templates")
    for page in PAGES:
        ui.register_blueprint(page.blueprint)
    ui.add_url_rule("/main", "tenant", _without_tenant, defaults={"rest": ""})
    ui.add_url_rule("/main/<path:rest>", "tenant", _without_tenant)
    ui.add_url_rule("/<path:rest>", "missing", _missing)
    ui.add_url_rule("/icon.svg", "icon", _icon)
    ui.context_processor(lambda: {"theme": theme(), "zone": zone_name()})
    flask.add_template_global(with_changes)
    register_failures(ui)
    register_filters(flask)
    flask.register_blueprint(ui)
    flask.add_url_rule("/", "root", lambda: redirect(url_for("ui.home.page")))


def _without_tenant(rest: str) -> Response:
    query = request.query_string.decode()
    return redirect(f"/ui/{rest}{'?' + query if query else ''}", 301)


def _icon() -> Response:
    return Response(_ICON, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _missing(rest: str) -> Response:
    raise NotFound(f"There is no page /ui/{rest}")
