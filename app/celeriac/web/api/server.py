"""The server itself."""

from importlib.metadata import version

from flask import Blueprint, Response

from celeriac.web.json_text import json_answer
from celeriac.web.models.server import ConfigDocument
from celeriac.web.openapi import operation

blueprint = Blueprint("server", __name__)


@blueprint.get("/configs")
@operation(ConfigDocument)
def configs() -> Response:
    """What a client may want to know of the server."""
    return json_answer({"version": version("celeriac"), "edition": "OSS", "tenant": "main"})


@blueprint.get("/ping")
@operation(content_type="text/plain")
def ping() -> Response:
    """`pong`."""
    return Response("pong", mimetype="text/plain")
