"""Whether the process can work."""

from flask import Blueprint, Response

from celeriac.services.health import ESSENTIAL
from celeriac.web.api import celeriac
from celeriac.web.errors import problem
from celeriac.web.json_text import json_answer
from celeriac.web.models.health import Alive, Readiness
from celeriac.web.openapi import operation

blueprint = Blueprint("health", __name__, url_prefix="/")


@blueprint.get("/healthz")
@operation(Alive)
def alive() -> Response:
    """200 as long as the process answers at all; asks nobody else."""
    return json_answer({"status": "alive"})


@blueprint.get("/readyz")
@operation(Readiness)
def ready() -> Response:
    """200 when the database answers and the broker does; 503 with the reason otherwise. `checks` tell of the rest."""
    checks = celeriac().health.strip()
    shown = [{"name": one.name, "ok": one.ok, "sentence": one.sentence} for one in checks]
    reason = next((one.sentence for one in checks if not one.ok and one.name in ESSENTIAL), None)
    if reason is None:
        return json_answer({"status": "ready", "checks": shown})
    return problem(503, reason, reason=reason, checks=shown)


@blueprint.get("/ping")
@operation(content_type="text/plain")
def ping() -> Response:
    """`pong`."""
    return Response("pong", mimetype="text/plain")
