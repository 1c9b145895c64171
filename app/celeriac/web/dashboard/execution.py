"""One execution: what it is doing, what broke, and everything that it has left behind, tab by tab."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.inputs import MASK
from celeriac.core.state import State
from celeriac.web.api import celeriac
from celeriac.web.dashboard.checklist import SEEN_TIMELINE, remember
from celeriac.web.dashboard.fields import PREFIX
from celeriac.web.dashboard.moments import at, pretty

blueprint = Blueprint("execution", __name__)
Document = dict[str, Any]
LINES = 500
"""Log lines of the page itself; the log viewer loads all."""
LONGEST_INPUT = 500
_OLD_TABS = {"overview": "timeline", "gantt": "timeline"}


@blueprint.get("/executions/<namespace>/<flow_id>/<execution_id>")
@blueprint.get("/executions/<namespace>/<flow_id>/<execution_id>/<tab>")
def page(namespace: str, flow_id: str, execution_id: str, tab: str = "timeline") -> Response:
    """The execution, one of its tabs open."""
    tab = _OLD_TABS.get(tab, tab)
    if tab not in TABS:
        abort(404, f"An execution has no tab `{tab}`")
    document = celeriac().views.execution(execution_id)
    if (document["namespace"], document["flowId"]) != (namespace, flow_id):
        return redirect(address(document, tab))
    state = State(document["state"]["current"])
    answer = make_response(
        render_template(
            f"ui/execution/{tab}.html",
            execution=document,
            tab=tab,
            tabs=TABS,
            progress=progress(document),
            failure=celeriac().failures.explain(execution_id) if state in (State.FAILED, State.WARNING) else None,
            may=operations(state),
            again=again(document),
            **TABS[tab](document),
        )
    )
    return remember(answer, SEEN_TIMELINE) if tab == "timeline" else answer


def address(document: Mapping[str, Any], tab: str | None = None) -> str:
    """Where an execution is shown."""
    return url_for(
        "ui.execution.page",
        namespace=document["namespace"],
        flow_id=document["flowId"],
        execution_id=document["id"],
        tab=tab,
    )


def operations(state: State) -> frozenset[str]:
    """What may be done with an execution in this state."""
    return frozenset() if state.is_terminal else frozenset({"kill"})


def progress(document: Document) -> tuple[int, int]:
    """(tasks that have ended, tasks of the flow that run when all goes well)."""
    index = celeriac().flows.index(document["namespace"], document["flowId"], document["flowRevision"])
    expected = {task.id for task in index.flow.tasks if not task.disabled}
    runs = [run for run in document["taskRunList"] if run["taskId"] in expected]
    ended = {run["taskId"] for run in runs if State(run["state"]["current"]).is_terminal}
    return len(ended), len(expected)


def again(document: Document) -> dict[str, Any]:
    """The query that fills the run form with these inputs; what is large or secret is left out."""
    texts = {
        PREFIX + key: value if isinstance(value, str) else pretty(value) for key, value in document["inputs"].items()
    }
    return {key: text for key, text in texts.items() if len(text) < LONGEST_INPUT and MASK not in text}


def _timeline(document: Document) -> Document:
    """Bars in thousandths of the whole time, for the table that stands in for the timeline."""
    start = at(document["state"]["startDate"])
    runs = document["taskRunList"][:LINES]
    depths: dict[str, int] = {}
    for run in runs:
        depths[run["id"]] = depths.get(run["parentTaskRunId"] or "", -1) + 1
    moments = [at(run["state"].get("endDate")) or datetime.now(start.tzinfo if start else None) for run in runs]
    whole = max([(one - start).total_seconds() for one in moments if start] or [0.0]) or 1.0
    rows = []
    for run in runs:
        begun = at(run["state"]["startDate"])
        ended = at(run["state"].get("endDate")) or datetime.now(begun.tzinfo if begun else None)
        left = (begun - start).total_seconds() / whole if begun and start else 0.0
        share = (ended - begun).total_seconds() / whole if begun else 0.0
        rows.append(run | {"depth": depths[run["id"]], "left": round(left * 1000, 1), "width": round(share * 1000, 1)})
    return {"rows": rows, "more": len(document["taskRunList"]) - len(runs)}


def _logs(document: Document) -> Document:
    lines, _ = celeriac().views.logs([document["id"]], None)
    return {"lines": lines[-LINES:], "earlier": max(0, len(lines) - LINES)}


def _outputs(document: Document) -> Document:
    chosen = request.args.get("file", "")
    return {"preview": None, "chosen": chosen}


def _metrics(document: Document) -> Document:
    return {"metrics": celeriac().views.metrics(document["id"])}


def _topology(document: Document) -> Document:
    index = celeriac().flows.index(document["namespace"], document["flowId"], document["flowRevision"])
    return {"flow": index.flow}


def _history(document: Document) -> Document:
    events = [(entry["date"], entry["state"], "", "") for entry in document["state"]["histories"]]
    for run in document["taskRunList"]:
        label = run["taskId"] if run["value"] is None else f"{run['taskId']} [{run['value']}]"
        events += [(entry["date"], entry["state"], label, run["id"]) for entry in run["state"]["histories"]]
    return {"events": sorted(events, key=lambda event: (event[0], event[2]))[:5000]}


def _nothing(document: Document) -> Document:
    return {}


TABS: dict[str, Callable[[Document], Document]] = {
    "timeline": _timeline,
    "logs": _logs,
    "outputs": _outputs,
    "inputs": _nothing,
    "metrics": _metrics,
    "topology": _topology,
    "history": _history,
}
"""{tab: what its template needs beside the execution}, in the order in which they are shown."""
