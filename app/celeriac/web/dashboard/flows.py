"""The list of flows: which are unhealthy, when they ran, when they will; and a search in their sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from celeriac.core.errors import CeleriacError
from celeriac.services.listing import RunSummary
from celeriac.services.triggers import TriggerView
from celeriac.store.flow_list_store import FlowRow
from celeriac.web.api import celeriac
from celeriac.web.dashboard.addresses import back
from celeriac.web.dashboard.asked import flows_asked
from celeriac.web.dashboard.drawing import STRIP, Bar, strip_bars

blueprint = Blueprint("flows", __name__)
FEW = 5


@dataclass(frozen=True, slots=True)
class Health:
    """How a flow fares. success: percent of its last ended executions, None without any."""

    bars: list[Bar]
    last: RunSummary | None
    success: int | None
    usual_s: float | None


@blueprint.get("/flows")
def page() -> str:
    """A page of flows, or of flows whose source holds the text `q` (`tab=sources`)."""
    asked = flows_asked()
    if request.args.get("tab") == "sources":
        hits = (
            celeriac().flow_lists.source_search(asked.q, asked.namespace, asked.page, asked.size) if asked.q else None
        )
        return render_template("ui/flow_sources.html", asked=asked, found=hits, namespaces=_namespaces())
    found = celeriac().flow_lists.search(asked.q, asked.namespace, dict(asked.labels), page=asked.page, size=asked.size)
    keys = [(row.namespace, row.id) for row in found.results]
    return render_template(
        "ui/flows.html",
        asked=asked,
        found=found,
        namespaces=_namespaces(),
        health=health_of(keys),
        triggers=_triggers(found.results),
    )


@blueprint.post("/flows/many")
def many() -> AnyResponse | str:
    """Disables, enables or deletes the chosen flows (`NAMESPACE/ID`); `ask-delete` asks first."""
    action, chosen = request.form.get("action", ""), request.form.getlist("flow")
    if action == "ask-delete" and chosen:
        return render_template("ui/flow_delete.html", flows=chosen)
    words = {"enable": "enabled", "disable": "disabled", "delete": "deleted"}
    done = 0
    for namespace, _, flow_id in (key.partition("/") for key in chosen):
        try:
            _change(action, namespace, flow_id)
            done += 1
        except CeleriacError as error:
            flash(str(error), "error")
    if done:
        flash(f"{done} flow{'s' if done > 1 else ''} {words.get(action, action)}")
    elif not chosen:
        flash("No flow was chosen", "warning")
    return redirect(back(url_for("ui.flows.page")), 303)


@blueprint.get("/flows/delete/<namespace>/<flow_id>")
def ask_delete(namespace: str, flow_id: str) -> str:
    """The question before a flow is deleted."""
    celeriac().flows.source(namespace, flow_id)
    return render_template("ui/flow_delete.html", flows=[f"{namespace}/{flow_id}"])


@blueprint.get("/flows/export/<namespace>/<flow_id>")
def export(namespace: str, flow_id: str) -> Response:
    """The newest source as a file."""
    stored = celeriac().flows.source(namespace, flow_id)
    headers = {"Content-Disposition": f'attachment; filename="{namespace}.{flow_id}.yaml"'}
    return Response(stored.source, mimetype="application/yaml", headers=headers)


def health_of(keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Health]:
    """How these flows fare, by their last executions."""
    return {key: _health(key, runs) for key, runs in celeriac().listing.last_runs(keys, STRIP).items()}


def _health(key: tuple[str, str], runs: Sequence[RunSummary]) -> Health:
    ended = [run for run in runs if run.ended_us is not None]
    good = sum(run.state.value in ("SUCCESS", "WARNING") for run in ended)
    times = sorted((run.ended_us or 0) - run.created_us for run in ended)
    return Health(
        bars=strip_bars(*key, runs),
        last=runs[-1] if runs else None,
        success=round(100 * good / len(ended)) if ended else None,
        usual_s=times[len(times) // 2] / 1e6 if times else None,
    )


def _triggers(rows: Sequence[FlowRow]) -> dict[tuple[str, str], list[TriggerView]]:
    found: dict[tuple[str, str], list[TriggerView]] = {}
    for row in rows:
        listed = celeriac().triggers.list(row.namespace, row.id, size=FEW).results
        found[row.namespace, row.id] = [one for one in listed if one.namespace == row.namespace]
    return found


def _namespaces() -> list[str]:
    return celeriac().flow_lists.namespaces()


def _change(action: str, namespace: str, flow_id: str) -> Any:
    if action == "delete":
        return celeriac().flows.delete(namespace, flow_id)
    return celeriac().flow_batches.set_disabled([(namespace, flow_id)], is_disabled=action == "disable")
