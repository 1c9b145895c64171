"""Makes the WSGI application out of a wired Celeriac."""

from flask import Flask

from celeriac.web.api import executions, flows, health
from celeriac.web.errors import register_errors
from celeriac.wiring import App

PREFIXES = ("/api/v1/main", "/api/v1")
"""With the tenant that every installation has, and without, as older clients ask."""


def create_app(celeriac: App) -> Flask:
    """The WSGI application."""
    flask = Flask("celeriac.web", static_folder=None)
    flask.json.sort_keys = False  # type: ignore[attr-defined] # of Flask's default provider
    flask.extensions["celeriac"] = celeriac
    register_errors(flask)
    flask.register_blueprint(health.blueprint)
    for number, prefix in enumerate(PREFIXES):
        for blueprint in (flows.blueprint, executions.blueprint):
            flask.register_blueprint(blueprint, url_prefix=prefix, name=f"{blueprint.name}_{number}")
    return flask
