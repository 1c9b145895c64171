"""Makes the WSGI application out of a wired Celeriac.

A resource of the API is a module of `web.api` with a `blueprint`. One that names a `url_prefix` of its own stands
there, any other below each of `PREFIXES`.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

from celeriac.web import api
from celeriac.web.assets import register_assets
from celeriac.web.auth import register_auth
from celeriac.web.dashboard import register_dashboard
from celeriac.web.database import register_database
from celeriac.web.errors import register_errors
from celeriac.web.flower_proxy import register_flower
from celeriac.web.guards import register_guards
from celeriac.web.metrics import register_metrics
from celeriac.web.security import register_security
from celeriac.web.streams import THREADS, register_streams
from celeriac.web.uploads import register_uploads
from celeriac.wiring import App

PREFIXES = ("/api/v1/main", "/api/v1")
"""With the tenant that every installation has, and without, as older clients ask."""


def create_app(celeriac: App, threads: int = THREADS) -> Flask:
    """The WSGI application of a server with so many threads."""
    flask = Flask("celeriac.web", static_folder=None)
    flask.extensions["celeriac"] = celeriac
    register_errors(flask)
    register_assets(flask)
    register_metrics(flask, celeriac)
    register_guards(flask)
    register_security(flask, celeriac.settings)
    register_auth(flask, celeriac)
    register_database(flask, celeriac.settings.database_url)
    register_uploads(flask, celeriac.settings.tmp_dir / "uploads")
    register_streams(flask, threads)
    register_flower(flask, celeriac.settings)
    register_dashboard(flask)
    for blueprint in _resources():
        if blueprint.url_prefix is not None:
            flask.register_blueprint(blueprint)
            continue
        for number, prefix in enumerate(PREFIXES):
            flask.register_blueprint(blueprint, url_prefix=prefix, name=f"{blueprint.name}_{number}")
    return flask


def _resources() -> Iterator[Blueprint]:
    """The blueprints of the API, one per module."""
    for module in iter_modules(api.__path__, f"{api.__name__}."):
        blueprint = getattr(import_module(module.name), "blueprint", None)
        if isinstance(blueprint, Blueprint):
            yield blueprint
