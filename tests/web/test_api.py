"""The HTTP API over a database of its own; what starts is left to nobody."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from celeriac.dispatch.publisher import NoPublisher
from celeriac.settings import Settings
from celeriac.web import create_app
from celeriac.wiring import App, build

FLOW = """
id: hello
namespace: examples.web
inputs:
  - {id: n, type: INT}
  - {id: data, type: FILE, required: false}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.n }}"}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    settings = Settings.from_environ({"CELERIAC_HOME": str(tmp_path)})
    app = build(settings, NoPublisher())
    app.migrate()
    yield app
    app.close()


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_app(app).test_client()


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/v1/main"])
@pytest.mark.parametrize("content_type", ["application/x-yaml", "text/plain", "application/x-www-form-urlencoded"])
def test_a_flow_is_created_from_yaml_of_any_content_type(client: FlaskClient, prefix: str, content_type: str) -> None:
    answer = client.post(f"{prefix}/flows", data=FLOW, content_type=content_type)

    assert (answer.status_code, answer.json["id"], answer.json["revision"]) == (200, "hello", 1)


def test_problems_of_a_flow_come_with_line_and_column(client: FlaskClient) -> None:
    answer = client.post("/api/v1/main/flows", data=FLOW.replace("message", "messag"))

    assert answer.status_code == 422
    assert answer.content_type.startswith("application/problem+json")
    assert {(error["line"], error["column"] > 0) for error in answer.json["errors"]} == {(8, True)}


def test_a_flow_of_more_than_5_mb_is_refused(client: FlaskClient) -> None:
    assert client.post("/api/v1/main/flows", data=b"#" * 5_000_001).status_code == 413


def test_bytes_that_are_no_text_are_refused(client: FlaskClient) -> None:
    assert client.post("/api/v1/main/flows", data=b"id: \xff").status_code == 422


def test_a_form_starts_an_execution_with_inputs_labels_and_files(client: FlaskClient, app: App) -> None:
    client.post("/api/v1/main/flows", data=FLOW)

    answer = client.post(
        "/api/v1/main/executions/examples.web/hello?labels=team:data",
        data={"n": "7", "data": (io.BytesIO(b"a,b\n"), "table.csv")},
    )

    assert answer.status_code == 200
    assert answer.json["inputs"]["n"] == 7
    assert {"key": "team", "value": "data"} in answer.json["labels"]
    with app.files.open(answer.json["inputs"]["data"]) as file:
        assert file.read() == b"a,b\n"


def test_a_missing_input_is_refused_and_nothing_starts(client: FlaskClient) -> None:
    client.post("/api/v1/main/flows", data=FLOW)

    answer = client.post("/api/v1/main/executions/examples.web/hello", data={})

    assert answer.status_code == 422
    assert "Missing required input:n" in answer.json["message"]


def test_an_execution_is_read_by_its_id(client: FlaskClient) -> None:
    client.post("/api/v1/main/flows", data=FLOW)
    started = client.post("/api/v1/main/executions/examples.web/hello", data={"n": "1"}).json

    answer = client.get(f"/api/v1/main/executions/{started['id']}")

    assert answer.json["state"]["current"] == "CREATED"


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/api/v1/main/executions/nope"), ("post", "/api/v1/main/executions/examples.web/nope"), ("get", "/nope")],
)
def test_what_does_not_exist_is_404_with_a_problem(client: FlaskClient, method: str, path: str) -> None:
    answer = getattr(client, method)(path)

    assert (answer.status_code, answer.json["status"]) == (404, 404)


def test_without_a_broker_the_server_is_not_ready_and_says_when_to_ask_again(client: FlaskClient, app: App) -> None:
    class Away:
        def is_empty(self) -> bool:
            return False

        def depths(self) -> dict[str, int] | None:
            return None

        def incarnation(self) -> str | None:
            return None

    app.queue = Away()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "broker" in answer.json["reason"]
