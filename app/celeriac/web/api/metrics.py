"""Measures, for Prometheus."""

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from celeriac.web.metrics import text
from celeriac.web.openapi import operation

blueprint = Blueprint("metrics", __name__, url_prefix="/")


@blueprint.get("/metrics")
@operation(content_type="text/plain")
def read() -> Response:
    """Executions by state, queues, living processes, and the seconds of requests."""
    return Response(text(current_app), content_type=CONTENT_TYPE_LATEST)
