"""Messages of producers that were refused, over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from celeriac.dispatch.publisher import NoPublisher
from celeriac.services.submissions import SubmissionRefused
from celeriac.settings import Settings
from celeriac.web import create_app
from celeriac.wiring import App, build

FLOW = """
id: hello
namespace: examples.web
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hi}
"""
MESSAGE = json.dumps({"namespace": "examples.web", "flowId": "hello"})
PATH = "/api/v1/dead-letters"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = build(Settings.from_environ({"CELERIAC_HOME": str(tmp_path)}), NoPublisher())
    app.migrate()
    for _ in range(3):
        with pytest.raises(SubmissionRefused):
            app.submissions.accept("test", MESSAGE.encode())
    yield app
    app.close()


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_app(app).test_client()


def test_they_are_listed_newest_first_with_what_they_said_and_why_they_were_refused(client: FlaskClient) -> None:
    letters = client.get(f"{PATH}?size=2").json["results"]

    assert [letter["id"] for letter in letters] == [3, 2]
    assert (letters[0]["body"], letters[0]["source"]) == (MESSAGE, "test")
    assert "Unable to find flow" in letters[0]["reason"]


def test_older_ones_are_read_from_the_last_one_on(client: FlaskClient) -> None:
    assert [letter["id"] for letter in client.get(f"{PATH}?before=2").json["results"]] == [1]


def test_one_that_is_read_again_starts_its_execution_and_is_gone(app: App, client: FlaskClient) -> None:
    app.flows.register(FLOW)

    answer = client.post(f"{PATH}/2/retry")

    assert app.views.execution(answer.json["executionId"])["flowId"] == "hello"
    assert [letter["id"] for letter in client.get(PATH).json["results"]] == [3, 1]


def test_one_that_is_refused_again_stays(client: FlaskClient) -> None:
    answer = client.post(f"{PATH}/2/retry")

    assert (answer.status_code, len(client.get(PATH).json["results"])) == (404, 3)


def test_one_can_be_removed_once(client: FlaskClient) -> None:
    answers = [client.delete(f"{PATH}/2").status_code for _ in range(2)]

    assert answers == [204, 404]
