"""One execution: what it is doing, what broke, and everything that it has left behind, tab by tab."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.errors import CeleriacError, NotFound
from celeriac.core.execution import Execution
from celeriac.core.inputs import MASK
from celeriac.core.state import State
from celeriac.services.logs import LogFilter
from celeriac.store.log_store import LEVELS
from celeriac.web.api import celeriac
from celeriac.web.dashboard.checklist import SEEN_TIMELINE, remember
from celeriac.web.dashboard.fields import PREFIX
from celeriac.web.dashboard.file_preview import shown_file
from celeriac.web.dashboard.history import events
from celeriac.web.dashboard.inspector import inspected
from celeriac.web.dashboard.moments import at, pretty
from celeriac.web.dashboard.operations import possible

blueprint = Blueprint("execution", __name__)
Document = dict[str, Any]
LINES = 500
"""Task runs and log lines of the page itself; timeline and log viewer load all of them."""
LONGEST_INPUT = 500
_OTHER_NAMES = {"overview": "timeline", "gantt": "timeline"}


@blueprint.get("/executions/<namespace>/<flow_id>/<execution_id>")
@blueprint.get("/executions/<namespace>/<flow_id>/<execution_id>/<tab>")
def page(namespace: str, flow_id: str, execution_id: str, tab: str = "timeline") -> Response:
    """The execution, one of its tabs open."""
    tab = _OTHER_NAMES.get(tab, tab)
    if tab not in TABS:
        abort(404, f"An execution has no tab `{tab}`")
    stored = celeriac().views.stored(execution_id)
    if (stored.namespace, stored.flow_id) != (namespace, flow_id):
        return redirect(url_for("ui.executions.one", execution_id=execution_id))
    shown = celeriac().views.header(stored)
    has_failed = stored.state in (State.FAILED, State.WARNING)
    answer = make_response(
        render_template(
            f"ui/execution/{tab}.html",
            execution=shown,
            tab=tab,
            tabs=TABS,
            progress=_progress(stored),
            failure=celeriac().failures.explain(execution_id) if has_failed else None,
            possible=possible(stored.state),
            again=_again(shown),
            **TABS[tab](stored),
        )
    )
    return remember(answer, SEEN_TIMELINE) if tab == "timeline" else answer


def _progress(execution: Execution) -> tuple[int, int] | None:
    """(tasks that have ended, tasks of the flow that run when all goes well); None when its flow cannot be read."""
    try:
        flow = celeriac().flows.index(execution.namespace, execution.flow_id, execution.flow_revision).flow
    except CeleriacError:
        return None
    expected = {task.id for task in flow.tasks if not task.disabled}
    rows = celeriac().flow_grid.rows(flow, [execution.id])
    cells = [row.cells[0] for row in rows if row.task_id in expected and row.cells[0] is not None]
    return sum(State(cell.state).is_terminal for cell in cells if cell), len(expected)


def _again(document: Document) -> dict[str, str]:
    """The query that fills the run form with these inputs; what is large or secret is left out."""
    texts = {key: value if isinstance(value, str) else pretty(value) for key, value in document["inputs"].items()}
    return {PREFIX + key: text for key, text in texts.items() if len(text) < LONGEST_INPUT and MASK not in text}


def _timeline(execution: Execution) -> Document:
    """Bars in thousandths of the whole time, for the table that stands in for the timeline."""
    runs = celeriac().views.first_task_runs(execution, LINES)
    start = datetime.fromtimestamp(execution.created_us / 1e6, UTC)
    spans = [_span(run["state"], start) for run in runs]
    whole = max((end for _, end in spans), default=0.0) or 1.0
    depths: dict[str, int] = {}
    rows = []
    for run, (begun, ended) in zip(runs, spans, strict=True):
        depths[run["id"]] = depths.get(run["parentTaskRunId"] or "", -1) + 1
        bar = {"left": round(1000 * begun / whole, 1), "width": round(1000 * (ended - begun) / whole, 1)}
        rows.append(run | bar | {"depth": depths[run["id"]]})
    more = sum(celeriac().views.states_of_tasks(execution.id).values()) - len(rows)
    return {"rows": rows, "more": more, "inspected": inspected(execution)}


def _span(state: Mapping[str, Any], start: datetime) -> tuple[float, float]:
    """Seconds after `start` at which something began and ended, or is now."""
    begun, ended = at(state.get("startDate")) or start, at(state.get("endDate")) or datetime.now(UTC)
    return (begun - start).total_seconds(), (ended - start).total_seconds()


def _logs(execution: Execution) -> Document:
    level = request.args.get("minLevel", "")
    asked = LogFilter(level if level in LEVELS else LEVELS[0], request.args.get("taskRunId") or None)
    try:
        lines = list(islice(celeriac().logs.of(execution.id, asked), LINES + 1))
    except NotFound:
        lines = []
    return {"lines": lines[:LINES], "has_more": len(lines) > LINES}


def _outputs(execution: Execution) -> Document:
    runs = celeriac().views.execution(execution.id)["taskRunList"]
    chosen = request.args.get("file", "")
    return {
        "runs": [run for run in runs if run["outputs"]],
        "chosen": chosen,
        "preview": shown_file(execution.id, chosen) if chosen else None,
    }


def _metrics(execution: Execution) -> Document:
    return {"metrics": celeriac().views.metrics(execution.id)}


def _topology(execution: Execution) -> Document:
    return {"flow": celeriac().flows.index(execution.namespace, execution.flow_id, execution.flow_revision).flow}


def _history(execution: Execution) -> Document:
    header = celeriac().views.header(execution)
    return {"events": events(header, celeriac().views.first_task_runs(execution, LINES))}


def _nothing(execution: Execution) -> Document:
    return {}


TABS: dict[str, Callable[[Execution], Document]] = {
    "timeline": _timeline,
    "logs": _logs,
    "outputs": _outputs,
    "inputs": _nothing,
    "metrics": _metrics,
    "topology": _topology,
    "history": _history,
}
"""{tab: what its template needs beside the execution}, in the order in which they are shown."""
