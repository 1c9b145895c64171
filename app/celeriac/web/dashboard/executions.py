"""The list of executions: which failed, which are slow, which are stuck. Every filter stands in the URL."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from celeriac.core.execution_filter import ExecutionFilter
from celeriac.web.api import celeriac
from celeriac.web.dashboard.asked import executions_asked
from celeriac.web.dashboard.moments import seconds_between

blueprint = Blueprint("executions", __name__)
CHIPS = ("RUNNING", "CREATED", "PAUSED", "FAILED", "WARNING", "KILLED", "CANCELLED", "SUCCESS")
"""Always shown; another state has a chip while there are executions in it."""
RANGES = {"PT1H": "Last hour", "PT24H": "Last 24 hours", "P7D": "Last 7 days", "P30D": "Last 30 days"}
WHOLE = 100
"""Length of the longest duration bar."""


@blueprint.get("/executions")
def page() -> str:
    """A page of executions."""
    return render_template("ui/executions.html", **table(executions_asked()), ranges=RANGES)


@blueprint.get("/executions/<execution_id>")
def one(execution_id: str) -> Response:
    """To the page of an execution of which only the id is known."""
    document = celeriac().views.execution(execution_id)
    return redirect(
        url_for(
            "ui.execution.page",
            namespace=document["namespace"],
            flow_id=document["flowId"],
            execution_id=execution_id,
        )
    )


def table(asked: ExecutionFilter) -> dict[str, Any]:
    """What the table of executions is made of; the list of one flow shows the same."""
    found = celeriac().listing.search(asked)
    broken = [one["id"] for one in found.results if one["state"]["current"] in ("FAILED", "WARNING")]
    return {
        "asked": asked,
        "found": found,
        "rows": _rows(found.results),
        "failures": celeriac().failures.of(broken),
        "chips": _chips(asked),
    }


def _rows(documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    taken = [seconds_between(one["state"]["startDate"], one["state"].get("endDate")) or 0.0 for one in documents]
    longest = max(taken, default=0.0) or 1.0
    return [
        one | {"seconds": seconds, "bar": round(WHOLE * seconds / longest, 1)}
        for one, seconds in zip(documents, taken, strict=True)
    ]


def _chips(asked: ExecutionFilter) -> list[tuple[str, int, bool]]:
    """[(state as shown, executions in it, chosen)] of everything else that is asked for."""
    counts: dict[str, int] = dict.fromkeys(CHIPS, 0)
    for state, count in celeriac().listing.counts(replace(asked, states=())).items():
        counts[state.shown] = counts.get(state.shown, 0) + count
    chosen = {state.shown for state in asked.states}
    counts |= {state: 0 for state in chosen if state not in counts}
    return [(state, count, state in chosen) for state, count in counts.items()]
