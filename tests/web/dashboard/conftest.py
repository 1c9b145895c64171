"""The pages over an engine that the test drives, and over one that has a history already."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from celeriac.web import create_app
from hand_engine import HandEngine, hand_engine
from web.dashboard.flow_texts import BROKEN, EVIL, HELLO, HOSTILE, SLEEPY


@dataclass(frozen=True)
class History:
    """Pages of an engine in which things have happened. good, broken, open, evil: paths of executions."""

    client: FlaskClient
    good: str
    broken: str
    open: str
    evil: str


@pytest.fixture
def client(by_hand: HandEngine) -> FlaskClient:
    """A browser without scripts, on pages whose style sheets need not be built."""
    return _browser(by_hand)


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """One of each; tests only look at it."""
    with hand_engine(tmp_path_factory.mktemp("history")) as engine:
        good, broken = engine.run(HELLO).id, engine.run(BROKEN).id
        evil = engine.run(EVIL, {"name": HOSTILE}).id
        waiting = engine.start(SLEEPY)
        engine.drain()
        paths = [_path(engine, one) for one in (good, broken, waiting, evil)]
        yield History(_browser(engine), *paths)


def _browser(engine: HandEngine) -> FlaskClient:
    flask = create_app(engine.app)
    flask.jinja_env.globals["asset_tags"] = lambda entry: Markup()
    return flask.test_client()


def _path(engine: HandEngine, execution_id: str) -> str:
    execution = engine.execution(execution_id)
    return f"/ui/executions/{execution.namespace}/{execution.flow_id}/{execution_id}"
