"""The HTTP API, one module per resource; paths and shapes are Kestra's."""

from flask import current_app

from celeriac.wiring import App


def celeriac() -> App:
    """The wired application behind the present request."""
    app: App = current_app.extensions["celeriac"]
    return app
