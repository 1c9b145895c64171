"""Starting a flow: a form with a field for each of its inputs, and the same start as code."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.errors import CeleriacError, FlowInvalid, InputsInvalid, NotFound, Problem, Refused
from celeriac.web.api import celeriac
from celeriac.web.dashboard.as_code import as_code
from celeriac.web.dashboard.fields import PREFIX, fields, given_inputs
from celeriac.web.dashboard.wanted import Wanted, label_pairs, sent_files

blueprint = Blueprint("run", __name__)


@blueprint.get("/flows/run/<namespace>/<flow_id>")
def page(namespace: str, flow_id: str) -> str | Response:
    """The form; a query fills it, `input.ID=value`. For a flow that cannot be read, the way to where it says why."""
    try:
        return _form(namespace, flow_id, _wanted(namespace, flow_id))
    except FlowInvalid:
        revision = request.args.get("revision", type=int)
        source = url_for("ui.flow.page", namespace=namespace, flow_id=flow_id, tab="source", revision=revision)
        return redirect(source, 303)


@blueprint.post("/flows/run/<namespace>/<flow_id>")
def start(namespace: str, flow_id: str) -> Response | tuple[str, int]:
    """Starts the flow, or shows the form again with each problem at its field.

    `do=show` starts nothing: it shows the form anew, with the code that would start the same.
    """
    wanted = _wanted(namespace, flow_id)
    if request.form.get("do") == "show":
        return _form(namespace, flow_id, wanted), HTTPStatus.OK
    try:
        execution_id = _start(namespace, flow_id, wanted)
    except NotFound:
        raise
    except (InputsInvalid, FlowInvalid) as error:
        return _form(namespace, flow_id, wanted, error.problems), HTTPStatus.UNPROCESSABLE_ENTITY
    except CeleriacError as error:
        status = HTTPStatus.CONFLICT if isinstance(error, Refused) else HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(namespace, flow_id, wanted, [Problem(str(error))]), status
    flash(f"{flow_id} has been started")
    return redirect(url_for("ui.execution.page", namespace=namespace, flow_id=flow_id, execution_id=execution_id), 303)


def _wanted(namespace: str, flow_id: str) -> Wanted:
    revision = request.values.get("revision", type=int)
    declared = celeriac().flows.index(namespace, flow_id, revision).flow.inputs
    values = request.form if request.method == "POST" else request.args
    return Wanted(given_inputs(declared, values), values.get("labels", ""), values.get("schedule", ""), revision)


def _start(namespace: str, flow_id: str, wanted: Wanted) -> str:
    return celeriac().executions.start(
        namespace,
        flow_id,
        wanted.inputs,
        revision=wanted.revision,
        labels=label_pairs(wanted.labels),
        file_inputs=sent_files(PREFIX),
        scheduled_at=wanted.scheduled_at,
    )


def _form(namespace: str, flow_id: str, wanted: Wanted, problems: Sequence[Problem] = ()) -> str:
    index = celeriac().flows.index(namespace, flow_id, wanted.revision)
    declared = index.flow.inputs
    resolved = celeriac().input_preview.resolve(namespace, flow_id, wanted.inputs, revision=wanted.revision)
    at_fields = {problem.path: problem.message for problem in problems}
    shown = fields(declared, resolved, wanted.inputs, at_fields)
    return render_template(
        "ui/run.html",
        flow=index.flow,
        revision=index.revision,
        fields=shown,
        wanted=wanted,
        problems=[problem for problem in problems if problem.path not in {f"inputs.{one.id}" for one in declared}],
        code=as_code(namespace, flow_id, wanted, declared),
    )
