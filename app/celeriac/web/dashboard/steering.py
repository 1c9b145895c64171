"""Steering executions: each operation asks first, on a page that is also a dialog; a POST does it."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.errors import CeleriacError, InputsInvalid, Problem
from celeriac.core.execution import Execution
from celeriac.web.api import celeriac
from celeriac.web.dashboard.addresses import back
from celeriac.web.dashboard.fields import Field, fields, given_inputs
from celeriac.web.dashboard.operations import MANY, OPERATIONS, Operation

blueprint = Blueprint("steering", __name__)
MOST_RUNS = 500
MOST_REASONS = 5


@blueprint.get("/executions/<execution_id>/<action>")
def ask(execution_id: str, action: str) -> str:
    """The question before an operation."""
    return _question(execution_id, action)


@blueprint.post("/executions/<execution_id>/<action>")
def act(execution_id: str, action: str) -> Response | tuple[str, int]:
    """Does it, and shows the execution; or asks again, with each problem at its field.

    `do=show` does nothing: it asks anew, as what was entered so far wants it.
    """
    operation = _operation(action)
    if operation.asks_inputs and request.form.get("do") == "show":
        return _question(execution_id, action), HTTPStatus.OK
    try:
        shown = operation.do(celeriac().executions, execution_id)
    except InputsInvalid as error:
        return _question(execution_id, action, error.problems), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"Execution {shown or execution_id} {operation.done}")
    if shown is None:
        return redirect(url_for("ui.executions.page"), 303)
    return redirect(url_for("ui.executions.one", execution_id=shown), 303)


# Rights are those of routes, so each operation has one of its own.
for _name in OPERATIONS:
    blueprint.add_url_rule(
        f"/executions/<execution_id>/{_name}", "act", act, defaults={"action": _name}, methods=["POST"]
    )


@blueprint.post("/executions/many")
def many() -> Response:
    """The same operation for each chosen execution; those that cannot are told."""
    action = request.form.get("action", "")
    if action not in MANY:
        abort(404, f"There is no operation `{action}` for many executions")
    chosen, refused = request.form.getlist("id"), []
    for execution_id in chosen:
        try:
            OPERATIONS[action].do(celeriac().executions, execution_id)
        except InputsInvalid as error:
            refused.append(f"{execution_id} asks for inputs, {OPERATIONS[action].button.lower()} it alone: {error}")
        except CeleriacError as error:
            refused.append(str(error))
    _tell(OPERATIONS[action].button, len(chosen) - len(refused), refused)
    return redirect(back(url_for("ui.executions.page")), 303)


def _question(execution_id: str, action: str, problems: Sequence[Problem] = ()) -> str:
    operation = _operation(action)
    stored = celeriac().views.stored(execution_id)
    is_possible = stored.state in operation.states
    asked = _fields(stored, problems) if operation.asks_inputs and is_possible else []
    at_fields = {f"inputs.{field.id}" for field in asked}
    return render_template(
        "ui/steering.html",
        execution=celeriac().views.header(stored),
        action=action,
        operation=operation,
        is_possible=is_possible,
        revisions=celeriac().flow_lists.revisions(stored.namespace, stored.flow_id) if operation.asks_revision else [],
        runs=celeriac().views.first_task_runs(stored, MOST_RUNS) if operation.asks_task else [],
        task_run_id=request.args.get("taskRunId", ""),
        fields=asked,
        problems=[problem for problem in problems if problem.path not in at_fields],
    )


def _fields(execution: Execution, problems: Sequence[Problem]) -> list[Field]:
    declared = celeriac().input_preview.asked_on_resume(execution)
    given = given_inputs(declared, request.form)
    resolved = celeriac().input_preview.resolve_on_resume(execution, declared, given)
    return fields(declared, resolved, given, {problem.path: problem.message for problem in problems})


def _tell(what: str, done: int, refused: list[str]) -> None:
    if done:
        flash(f"{what}: {done} execution{'s' if done > 1 else ''}")
    elif not refused:
        flash("No execution was chosen", "warning")
    for reason in refused[:MOST_REASONS]:
        flash(reason, "error")
    if len(refused) > MOST_REASONS:
        flash(f"and {len(refused) - MOST_REASONS} more could not be changed", "error")


def _operation(action: str) -> Operation:
    if action not in OPERATIONS:
        abort(404, f"There is no operation `{action}`")
    return OPERATIONS[action]
