"""Writing flows: a new one, and new revisions. The editor saves over the API; without scripts the form posts here."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.errors import FlowChanged, FlowInvalid, FlowNotFound, Problem
from celeriac.web.api import celeriac
from celeriac.web.dashboard import flow_source
from celeriac.web.dashboard.flow import TABS
from celeriac.web.dashboard.flow_frame import framed

blueprint = Blueprint("editor", __name__)
TEMPLATE = """\
id: my_flow
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello World!
"""
Answer = tuple[str, int] | Response


@blueprint.get("/flows/new")
def new() -> str:
    """A new flow; `from=NAMESPACE/ID` begins with the text of another."""
    return render_template("ui/flow_new.html", source=_beginning(), problems=[])


@blueprint.post("/flows/new")
def create() -> Answer:
    """Stores a new flow."""
    source = _submitted()
    try:
        stored = celeriac().flows.create(source)
    except FlowInvalid as error:
        return render_template("ui/flow_new.html", source=source, problems=error.problems), _INVALID
    flash(f"Flow {stored.id} has been created")
    return redirect(url_for("ui.flow.page", namespace=stored.namespace, flow_id=stored.id, tab="source"), 303)


@blueprint.post("/flows/edit/<namespace>/<flow_id>/source")
def save(namespace: str, flow_id: str) -> Answer:
    """Stores a new revision. `revision` of the form is the one that was edited: when somebody else has saved
    meanwhile, nothing is stored, and their text is shown beside."""
    source = _submitted()
    try:
        stored = celeriac().flows.update(namespace, flow_id, source, expected=request.form.get("revision", type=int))
    except FlowInvalid as error:
        return _again(namespace, flow_id, source, problems=error.problems), _INVALID
    except FlowChanged as error:
        return _again(namespace, flow_id, source, conflict=error), HTTPStatus.CONFLICT
    flash(f"Revision {stored.revision} has been saved")
    return redirect(url_for("ui.flow.page", namespace=namespace, flow_id=flow_id, tab="source"), 303)


_INVALID = HTTPStatus.UNPROCESSABLE_ENTITY


def _again(
    namespace: str,
    flow_id: str,
    source: str,
    problems: tuple[Problem, ...] = (),
    conflict: FlowChanged | None = None,
) -> str:
    frame = framed(namespace, flow_id)
    shown = {**flow_source.shown(frame["flow"]), "source": source, "problems": problems, "conflict": conflict}
    return render_template("ui/flow/source.html", tab="source", tabs=TABS, **frame, **shown)


def _submitted() -> str:
    """Browsers send CRLF."""
    return request.form.get("source", "").replace("\r\n", "\n")


def _beginning() -> str:
    namespace, _, flow_id = request.args.get("from", "").partition("/")
    try:
        return celeriac().flows.source(namespace, flow_id).source if flow_id else TEMPLATE
    except FlowNotFound:
        return TEMPLATE
