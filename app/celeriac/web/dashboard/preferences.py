"""How somebody likes the pages, kept in cookies: the theme, and the zone in which the browser shows times."""

from functools import cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.web.dashboard.addresses import back

blueprint = Blueprint("preferences", __name__)
THEMES = ("system", "light", "dark")
SHOWN_ZONE = "shown-zone"
_YEAR_S = 365 * 24 * 3600


@cache
def _zones() -> frozenset[str]:
    """The names of all zones; finding them reads a folder."""
    return frozenset(available_timezones())


def theme() -> str:
    """The chosen theme."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else THEMES[0]


def zone_name() -> str:
    """The zone that the browser has told; UTC before it has. A form says in which one it was shown."""
    name = request.form.get(SHOWN_ZONE) or unquote(request.cookies.get("zone", ""))
    return name if name in _zones() else "UTC"


def zone() -> ZoneInfo:
    """The zone in which times are shown."""
    return ZoneInfo(zone_name())


@blueprint.get("/settings")
def page() -> str:
    """The choices."""
    return render_template("ui/preferences.html", themes=THEMES, zones=sorted(_zones()))


@blueprint.post("/settings")
def save() -> Response:
    """Keeps what was chosen."""
    answer = redirect(back(url_for("ui.preferences.page")))
    for name, allowed in (("theme", THEMES), ("zone", _zones())):
        value = request.form.get(name, "")
        if value in allowed:
            answer.set_cookie(name, value, max_age=_YEAR_S, samesite="Lax")
    return answer
