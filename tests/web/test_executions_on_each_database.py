"""The life of an execution over HTTP, on every database."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine

FLOW = """
id: hello
namespace: examples.web
inputs:
  - {id: n, type: INT}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "said {{ inputs.n }}"}
  - {id: stop, type: io.kestra.plugin.core.execution.Fail}
"""
ROOT = "/api/v1/main"


@pytest.fixture
def client(on_each_database: HandEngine) -> FlaskClient:
    on_each_database.register(FLOW)
    return create_app(on_each_database.app).test_client()


@pytest.fixture
def failed(client: FlaskClient, on_each_database: HandEngine) -> str:
    answer = client.post(f"{ROOT}/executions/examples.web/hello?labels=team:data", data={"n": "7"})
    on_each_database.drain()
    return str(answer.json["id"])


def events(answer: Any) -> Iterator[dict[str, Any]]:
    for chunk in answer.response:
        fields = dict(line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line[1:])
        if "data" in fields:
            yield orjson.loads(fields["data"])


@pytest.mark.parametrize(
    "query",
    [
        "", "namespace=examples", "flowId=hello", "state=FAILED", "labels=team:data", "q=HELL", "timeRange=PT1H",
        "childFilter=MAIN&scope=USER", "sort=state.duration:desc", "sort=namespace:asc",
        "state=FAILED&labels=team:data",
    ],
)  # fmt: skip
def test_it_is_found(client: FlaskClient, failed: str, query: str) -> None:
    answer = client.get(f"{ROOT}/executions/search?{query}").json

    assert ([one["id"] for one in answer["results"]], answer["total"]) == ([failed], 1)


def test_it_is_read_with_its_task_runs_log_and_outputs(client: FlaskClient, failed: str) -> None:
    runs = client.get(f"{ROOT}/executions/{failed}/taskruns").json["results"]
    lines = client.get(f"{ROOT}/logs/{failed}?minLevel=INFO&taskId=say").json
    found = client.get(f"{ROOT}/logs/search?q=SAID&namespace=examples").json

    assert [run["taskId"] for run in runs] == ["say", "stop"]
    assert [line["message"] for line in lines] == [line["message"] for line in found["results"]] == ["said 7"]
    assert client.get(f"{ROOT}/outputs/tasks/{failed}").status_code == 200


def test_it_is_watched(client: FlaskClient, failed: str) -> None:
    with client.get(f"{ROOT}/events?topics=execution:{failed},logs:{failed}") as answer:
        first, second = islice(events(answer), 2)
    told = first | second

    assert [run["taskId"] for run in told["taskRuns"]] == ["say", "stop"]
    assert "said 7" in [line["message"] for line in told["lines"]]


def test_it_is_restarted_replayed_labelled_and_deleted(
    client: FlaskClient, on_each_database: HandEngine, failed: str
) -> None:
    client.post(f"{ROOT}/executions/{failed}/restart")
    on_each_database.drain()
    replay = client.post(f"{ROOT}/executions/{failed}/replay").json["id"]
    on_each_database.drain()
    client.post(f"{ROOT}/executions/labels/by-query?state=FAILED", json=[{"key": "seen", "value": "yes"}])

    found = client.get(f"{ROOT}/executions/search?labels=seen:yes").json["results"]
    assert {one["id"] for one in found} == {failed, replay}
    assert client.delete(f"{ROOT}/executions/by-ids", json=[failed, replay]).json["count"] == 2
    assert client.get(f"{ROOT}/executions/search").json["total"] == 0
