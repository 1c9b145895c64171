"""Flows: creating a revision."""

from flask import Blueprint, Response, jsonify, request

from celeriac.core.errors import Problem
from celeriac.web.api import celeriac
from celeriac.web.errors import problem

blueprint = Blueprint("flows", __name__)
LARGEST_BYTES = 5_000_000


@blueprint.post("/flows")
def create() -> Response:
    """Stores the YAML of the body, whatever its content type, as the newest revision of its flow."""
    if (request.content_length or 0) > LARGEST_BYTES:
        return problem(413, f"A flow has at most {LARGEST_BYTES:,} bytes")
    try:
        source = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        place = Problem(f"byte {error.start} is not UTF-8", line=1, column=1)
        return problem(422, "The flow is not UTF-8 text", (place,))
    registered = celeriac().flows.register(source)
    return jsonify(
        {
            "id": registered.id,
            "namespace": registered.namespace,
            "revision": registered.revision,
            "source": registered.source,
            "warnings": [str(one) for one in registered.parsed.warnings],
        }
    )
