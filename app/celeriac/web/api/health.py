"""Whether the process can work."""

from flask import Blueprint, Response, jsonify

from celeriac.web.api import celeriac

blueprint = Blueprint("health", __name__)


@blueprint.get("/readyz")
def ready() -> Response:
    """200 when the database answers and the broker does; 503 with the reason otherwise."""
    reason = celeriac().not_ready()
    response = jsonify({"status": "ready"} if reason is None else {"status": "not ready", "reason": reason})
    response.status_code = 200 if reason is None else 503
    if reason is not None:
        response.headers["Retry-After"] = "2"
    return response
