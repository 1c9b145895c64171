"""The application over a database of its own; what starts is left to nobody but the test."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine


@pytest.fixture
def server(on_each_database: HandEngine) -> Flask:
    """The application on each database."""
    return create_app(on_each_database.app)


@pytest.fixture
def api(server: Flask) -> FlaskClient:
    """Asks the application on each database."""
    return server.test_client()
