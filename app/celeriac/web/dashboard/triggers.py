"""Triggers: will things run when they should?"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from celeriac.web.api import celeriac
from celeriac.web.dashboard.addresses import back
from celeriac.web.dashboard.asked import flows_asked

blueprint = Blueprint("triggers", __name__)


@blueprint.get("/triggers")
def page() -> str:
    """A page of triggers."""
    asked = flows_asked()
    flow_id = request.args.get("flowId", "")
    found = celeriac().triggers.list(asked.namespace, flow_id, asked.q, page=asked.page, size=asked.size)
    return render_template("ui/triggers.html", asked=asked, found=found, namespaces=celeriac().flow_lists.namespaces())


@blueprint.post("/triggers/<namespace>/<flow_id>/<trigger_id>")
def change(namespace: str, flow_id: str, trigger_id: str) -> Response:
    """Enables, disables or unlocks a trigger."""
    action = request.form.get("action", "")
    if action == "unlock":
        celeriac().triggers.unlock(namespace, flow_id, trigger_id)
        flash(f"Trigger {trigger_id} has been unlocked")
    else:
        is_disabled = action == "disable"
        celeriac().triggers.set_disabled(namespace, flow_id, trigger_id, is_disabled=is_disabled)
        flash(f"Trigger {trigger_id} is {'disabled' if is_disabled else 'enabled'}")
    return redirect(back(url_for("ui.triggers.page")), 303)
