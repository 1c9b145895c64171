"""Home: is anything broken now, is work flowing, what is next?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.web.api import celeriac
from celeriac.web.dashboard.checklist import CONNECTED, HIDDEN, remember, steps
from celeriac.web.dashboard.drawing import hour_columns
from celeriac.web.dashboard.flows import health_of
from celeriac.web.dashboard.moments import seconds_between

blueprint = Blueprint("home", __name__)
RANGES = {"24": "24 hours", "72": "3 days", "168": "7 days"}
HOURS_A_COLUMN = {"24": 1, "72": 3, "168": 6}
CHART_HEIGHT = 96
FEW = 8
AHEAD = timedelta(hours=24)
WATCHER = "watcher"
"""The role of the process behind `celeriac server --watch`."""


@blueprint.get("/")
def page() -> str:
    """The page; `hours` is how far it looks back."""
    hours = request.args.get("hours", "24")
    hours = hours if hours in RANGES else "24"
    now = datetime.now(UTC)
    step = timedelta(hours=HOURS_A_COLUMN[hours])
    end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = end - timedelta(hours=int(hours))
    bars = celeriac().listing.per_hour(start, end, step_s=int(step.total_seconds()))
    columns, top = hour_columns(bars, CHART_HEIGHT)
    checks = celeriac().health.strip()
    return render_template(
        "ui/home.html",
        checks=checks,
        troubles=[check for check in checks if not check.ok],
        steps=steps(celeriac()),
        failures=celeriac().failures.by_flow(start, FEW),
        running=_running(),
        upcoming=celeriac().triggers.upcoming(now + AHEAD, FEW),
        columns=columns,
        top=top,
        chart_height=CHART_HEIGHT,
        total=sum(column.total for column in columns),
        hours=hours,
        ranges=RANGES,
        step=step,
        start_text=start.isoformat(),
        **_undeployed(),
    )


@blueprint.get("/undeployed")
def undeployed() -> str:
    """The card of the files of watched folders that could not be deployed."""
    return render_template("ui/undeployed.html", **_undeployed())


@blueprint.post("/first-steps")
def first_steps() -> Response:
    """Ticks off what the pages cannot see, or hides the steps."""
    answer = redirect(url_for("ui.home.page"), 303)
    return remember(answer, CONNECTED if request.form.get("step") == CONNECTED else HIDDEN)


def _undeployed() -> dict[str, Any]:
    watchers = [one for one in celeriac().processes.living() if one.role == WATCHER]
    problems = [problem for one in watchers for problem in (one.detail or {}).get("problems", ())]
    return {"is_watched": bool(watchers), "problems": problems}


def _running() -> list[dict[str, object]]:
    found = celeriac().listing.running(FEW)
    health = health_of(sorted({(one["namespace"], one["flowId"]) for one in found.results}))
    shown = []
    for one in found.results:
        usual_s = health[one["namespace"], one["flowId"]].usual_s
        taken_s = seconds_between(one["state"]["startDate"], None) or 0.0
        share = min(100.0, 100 * taken_s / usual_s) if usual_s else None
        shown.append(one | {"usual": usual_s, "share": share})
    return shown
