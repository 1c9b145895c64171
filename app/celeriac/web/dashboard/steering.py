"""What people do with executions. Each operation asks first, on a page that is also a dialog; a POST does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.core.errors import CeleriacError
from celeriac.core.state import State
from celeriac.services.executions import Executions
from celeriac.web.api import celeriac
from celeriac.web.dashboard.addresses import back
from celeriac.web.dashboard.execution import address, operations

blueprint = Blueprint("steering", __name__)
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. title, text: the question; text says what follows. done: what is told afterwards.

    do: (executions, the execution, the form) → the id of the execution to look at then, None = the list.
    """

    title: str
    text: str
    button: str
    done: str
    do: Callable[[Executions, Document], str | None]
    is_dangerous: bool = False
    asks_revision: bool = False
    asks_task: bool = False


def _kill(executions: Executions, one: Document) -> str:
    executions.kill(one["id"])
    return str(one["id"])


OPERATIONS = {
    "kill": Operation(
        "Kill this execution?",
        "Its running tasks, and the subflows that they have started, are told to stop. It stays KILLING until all of "
        "them are gone.",
        "Kill",
        "is being killed",
        _kill,
        is_dangerous=True,
    ),
}


@blueprint.get("/executions/<execution_id>/<action>")
def ask(execution_id: str, action: str) -> str:
    """The question before an operation."""
    operation = _operation(action)
    document = celeriac().views.execution(execution_id)
    flow = (document["namespace"], document["flowId"])
    return render_template(
        "ui/steering.html",
        execution=document,
        action=action,
        operation=operation,
        is_possible=action in operations(State(document["state"]["current"])),
        revisions=celeriac().flow_lists.revisions(*flow) if operation.asks_revision else [],
        task_run_id=request.args.get("taskRunId", ""),
    )


@blueprint.post("/executions/<execution_id>/<action>")
def act(execution_id: str, action: str) -> Response:
    """Does it, and shows the execution."""
    operation = _operation(action)
    document = celeriac().views.execution(execution_id)
    shown = operation.do(celeriac().executions, document)
    flash(f"Execution {shown or execution_id} {operation.done}")
    if shown is None:
        return redirect(url_for("ui.executions.page"), 303)
    return redirect(address(document | {"id": shown}), 303)


@blueprint.post("/executions/many")
def many() -> Response:
    """The same operation for each chosen execution; those that cannot are told."""
    operation = _operation(request.form.get("action", ""))
    done, refused = 0, []
    for execution_id in request.form.getlist("id"):
        try:
            operation.do(celeriac().executions, {"id": execution_id})
            done += 1
        except CeleriacError as error:
            refused.append(str(error))
    if not done and not refused:
        flash("No execution was chosen", "warning")
    if done:
        flash(f"{operation.button}: {done} execution{'s' if done > 1 else ''}")
    for reason in refused[:5]:
        flash(reason, "error")
    if len(refused) > 5:
        flash(f"and {len(refused) - 5} more could not be changed", "error")
    return redirect(back(url_for("ui.executions.page")), 303)


def _operation(action: str) -> Operation:
    if action not in OPERATIONS:
        abort(404, f"There is no operation `{action}`")
    return OPERATIONS[action]
