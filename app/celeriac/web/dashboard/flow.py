"""One flow, tab by tab: since when and where it fails, what it says, what starts it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.execution_filter import ExecutionFilter
from celeriac.core.flow import Flow
from celeriac.web.api import celeriac
from celeriac.web.dashboard import flow_source
from celeriac.web.dashboard.asked import executions_asked
from celeriac.web.dashboard.executions import RANGES, table
from celeriac.web.dashboard.flow_frame import framed
from celeriac.web.dashboard.flows import health_of
from celeriac.web.dashboard.moments import lasting, seconds_between

blueprint = Blueprint("flow", __name__)
COLUMNS = (25, 50, 100)
HEADER_HEIGHT = 36
NEXT_DATES = 5
_OTHER_NAMES = {"edit": "source", "revisions": "source"}


@blueprint.get("/flows/edit/<namespace>/<flow_id>")
@blueprint.get("/flows/edit/<namespace>/<flow_id>/<tab>")
def page(namespace: str, flow_id: str, tab: str = "") -> str | Response:
    """The flow, one of its tabs open; of one that cannot be read first the editor."""
    frame = framed(namespace, flow_id)
    tab = _OTHER_NAMES.get(tab, tab) or ("overview" if frame["is_readable"] else "source")
    if tab not in TABS:
        abort(404, f"A flow has no tab `{tab}`")
    if not frame["is_readable"] and tab != "source":
        return render_template("ui/flow/unreadable.html", tab=tab, tabs=TABS, **frame)
    return render_template(f"ui/flow/{tab}.html", tab=tab, tabs=TABS, **frame, **TABS[tab](frame["flow"]))


@blueprint.get("/flows/<namespace>/<flow_id>")
def short(namespace: str, flow_id: str) -> Response:
    """To the flow's page."""
    return redirect(url_for("ui.flow.page", namespace=namespace, flow_id=flow_id))


def _overview(flow: Flow) -> Mapping[str, Any]:
    count = request.args.get("runs", COLUMNS[0], type=int)
    asked = ExecutionFilter(
        namespace=flow.namespace, is_exact=True, flow_id=flow.id, size=count if count in COLUMNS else COLUMNS[0]
    )
    runs = list(celeriac().listing.search(asked).results)[::-1]
    taken = [seconds_between(run["state"]["startDate"], run["state"].get("endDate")) or 0.0 for run in runs]
    longest = max(taken, default=0.0) or 1.0
    return {
        "runs": [
            run | {"height": max(2, round(HEADER_HEIGHT * seconds / longest)), "took": lasting(seconds)}
            for run, seconds in zip(runs, taken, strict=True)
        ],
        "longest": lasting(longest) if runs else "",
        "rows": celeriac().flow_grid.rows(flow, [run["id"] for run in runs]),
        "columns": COLUMNS,
        "header_height": HEADER_HEIGHT,
        "health": health_of([(flow.namespace, flow.id)])[flow.namespace, flow.id],
        "triggers": celeriac().triggers.of_flow(flow.namespace, flow.id),
    }


def _canvas(flow: Flow) -> Mapping[str, Any]:
    return {"lines": celeriac().canvas(flow)}


def _executions(flow: Flow) -> Mapping[str, Any]:
    asked = executions_asked(namespace=flow.namespace, is_exact=True, flow_id=flow.id)
    return {**table(asked), "ranges": RANGES, "fixed_flow": True}


def _triggers(flow: Flow) -> Mapping[str, Any]:
    listed = celeriac().triggers.of_flow(flow.namespace, flow.id)
    dates = {
        one.trigger_id: celeriac().triggers.next_dates(flow.namespace, flow.id, one.trigger_id, NEXT_DATES)
        for one in listed
        if one.next_at is not None
    }
    return {"triggers": listed, "dates": dates, "declared": {one.id: one for one in flow.triggers}}


def _nothing(flow: Flow) -> Mapping[str, Any]:
    return {}


TABS: dict[str, Callable[[Flow], Mapping[str, Any]]] = {
    "overview": _overview,
    "source": flow_source.shown,
    "topology": _nothing,
    "executions": _executions,
    "triggers": _triggers,
    "canvas": _canvas,
}
"""{tab: what its template needs beside the flow}, in the order in which they are shown."""
