"""Whether the process can work."""

from flask import Blueprint, Response

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
    """200 when the database answers and the broker does; 503 with the reason otherwise."""
    reason = celeriac().not_ready()
    if reason is None:
        return json_answer({"status": "ready"})
    return problem(503, reason, reason=reason)
