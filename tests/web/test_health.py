"""The probes, and what Prometheus reads."""

import os
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from celeriac.dispatch.queue import RedisQueue
from celeriac.web import create_app
from hand_engine import HandEngine

FLOW = "id: a\nnamespace: company\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: x}\n"


@pytest.fixture
def client(by_hand: HandEngine) -> FlaskClient:
    return create_app(by_hand.app).test_client()


@pytest.fixture
def without_database(by_hand: HandEngine, client: FlaskClient) -> Iterator[FlaskClient]:
    client.get("/readyz")
    by_hand.app.close()
    place = by_hand.app.settings.home / "celeriac.db"
    hidden = place.with_suffix(".hidden")
    place.rename(hidden)
    place.mkdir()
    yield client
    place.rmdir()
    hidden.rename(place)


def test_a_living_process_asks_nobody_whether_it_lives(without_database: FlaskClient) -> None:
    answer = without_database.get("/healthz")

    assert (answer.status_code, answer.json["status"]) == (200, "alive")


def test_a_ready_process_tells_what_else_is_missing(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    checks = {one["name"]: one["ok"] for one in answer.json["checks"]}
    assert (answer.status_code, answer.json["status"]) == (200, "ready")
    assert checks == {
        "database": True,
        "broker": True,
        "storage": True,
        "disk": True,
        "orchestrator": False,
        "beat": False,
        "worker": False,
    }


def test_who_lives_is_counted(by_hand: HandEngine, client: FlaskClient) -> None:
    by_hand.app.workers.register("me", "main", "here", os.getpid(), [])
    with by_hand.app.processes.heartbeat("orchestrator"):
        by_hand.wait_for(lambda: by_hand.app.processes.living(), "the heartbeat")
        sentences = {one["name"]: one["sentence"] for one in client.get("/readyz").json["checks"]}

    assert (sentences["worker"], sentences["orchestrator"]) == ("One worker lives", "One orchestrator lives")


def test_without_a_database_a_process_is_not_ready(without_database: FlaskClient) -> None:
    answer = without_database.get("/readyz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "the database does not answer" in answer.json["reason"]


def test_without_a_database_requests_are_told_to_come_again(without_database: FlaskClient) -> None:
    answer = without_database.get("/api/v1/main/flows/search")

    assert (answer.status_code, answer.headers["Retry-After"], answer.content_type) == (
        503,
        "2",
        "application/problem+json",
    )


def test_metrics_tell_of_executions_requests_and_the_broker(by_hand: HandEngine, client: FlaskClient) -> None:
    client.post("/api/v1/main/flows", data=FLOW)
    by_hand.app.executions.start("company", "a")

    lines = client.get("/metrics").text.splitlines()

    assert 'celeriac_executions_open{state="CREATED"} 1.0' in lines
    assert 'celeriac_executions_last_hour{state="CREATED"} 1.0' in lines
    assert "celeriac_broker_up 1.0" in lines
    assert 'celeriac_http_request_seconds_count{method="POST",route="/api/v1/flows",status="200"} 1.0' in lines


def test_the_depths_of_the_queues_are_known(valkey_url: str) -> None:
    assert RedisQueue(valkey_url).depths() == {"default": 0, "orchestrate": 0}


def test_a_broker_that_is_away_has_no_depths() -> None:
    assert RedisQueue("redis://127.0.0.1:1/0").depths() is None
