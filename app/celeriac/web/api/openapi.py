"""The OpenAPI document."""

from flask import Blueprint, Response

from celeriac.web.json_text import json_answer
from celeriac.web.openapi import document

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def read() -> Response:
    """OpenAPI 3.1, of every operation once, without the tenant."""
    return json_answer(document())
