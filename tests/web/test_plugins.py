"""The registry over HTTP."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine

PLUGINS = "/api/v1/plugins"
LOG = "io.kestra.plugin.core.log.Log"
FLOWS = Path(__file__).parents[2] / "flows"
EXAMPLES = sorted(path for path in FLOWS.rglob("*.yaml") if "_files" not in path.parts)


@pytest.fixture
def client(by_hand: HandEngine) -> FlaskClient:
    return create_app(by_hand.app).test_client()


@pytest.fixture
def flow_schema(client: FlaskClient) -> dict[str, Any]:
    schema: dict[str, Any] = client.get(f"{PLUGINS}/schemas/flow").json
    return schema


def test_types_are_listed_by_group(client: FlaskClient) -> None:
    found = {one["group"]: one for one in client.get(PLUGINS).json["results"]}

    assert LOG in [one["cls"] for one in found["io.kestra.plugin.core"]["tasks"]]
    assert "io.kestra.plugin.core.trigger.Schedule" in [
        one["cls"] for one in found["io.kestra.plugin.core"]["triggers"]
    ]


@pytest.mark.parametrize("name", [LOG, "core.log.Log"])
def test_a_type_is_told_with_its_example_and_schema(client: FlaskClient, name: str) -> None:
    answer = client.get(f"{PLUGINS}/{name}").json

    assert (answer["cls"], answer["kind"], bool(answer["title"])) == (LOG, "tasks", True)
    assert yaml.safe_load(answer["example"])["tasks"]
    assert "message" in answer["schema"]["properties"]["properties"]


@pytest.mark.parametrize("name", ["nope", "io.kestra.plugin.aws.s3.Upload"])
def test_a_type_that_is_not_built_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"{PLUGINS}/{name}").status_code == 404
    assert client.get(f"{PLUGINS}/schemas/{name}").status_code == 404


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_of_flows_accepts_every_example(flow_schema: dict[str, Any], path: Path) -> None:
    flow = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert [one.message for one in jsonschema_rs.Draft202012Validator(flow_schema).iter_errors(flow)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"tasks": []},
        {"unknown": 1},
        {"tasks": [{"id": "a", "type": LOG, "messag": "x"}]},
        {"tasks": [{"type": LOG, "message": "x"}]},
    ],
)
def test_the_schema_of_flows_refuses_what_is_wrong(flow_schema: dict[str, Any], change: dict[str, Any]) -> None:
    flow = {"id": "a", "namespace": "b", "tasks": [{"id": "a", "type": LOG, "message": "x"}]} | change

    assert not jsonschema_rs.Draft202012Validator(flow_schema).is_valid(flow)


@pytest.mark.parametrize("name", ["flow", "task", "trigger", "runner", "condition", LOG])
def test_each_schema_is_one(client: FlaskClient, name: str) -> None:
    jsonschema_rs.meta.validate(client.get(f"{PLUGINS}/schemas/{name}").json)
