"""The application over a database of its own; what starts is left to nobody but the test."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine


@pytest.fixture
def server(by_hand: HandEngine) -> Flask:
    """The application."""
    return create_app(by_hand.app)


@pytest.fixture
def api(server: Flask) -> FlaskClient:
    """Asks the application."""
    return server.test_client()
