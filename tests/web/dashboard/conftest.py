"""The pages over an engine that the test drives."""

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from celeriac.web import create_app
from hand_engine import HandEngine


@pytest.fixture
def client(by_hand: HandEngine) -> FlaskClient:
    """A browser without scripts, on pages whose style sheets need not be built."""
    flask = create_app(by_hand.app)
    flask.jinja_env.globals["asset_tags"] = lambda entry: Markup()
    return flask.test_client()
