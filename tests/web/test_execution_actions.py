"""What can be done with executions over HTTP: with one, with many, and what is refused."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from hand_engine import HandEngine

FLOW = """
id: hello
namespace: examples.web
inputs:
  - {id: n, type: INT, defaults: 1}
tasks:
  - {id: one, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.n }}"}
  - {id: two, type: io.kestra.plugin.core.execution.Fail, condition: "{{ inputs.n == 1 }}"}
"""
ROOT = "/api/v1/main/executions"


PAUSED = """
id: asks
namespace: examples.web
tasks:
  - id: ask
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - {id: reason, type: STRING}
  - {id: told, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.ask.onResume.reason }}"}
"""


@pytest.fixture
def paused(by_hand: HandEngine) -> str:
    execution_id = by_hand.start(PAUSED)
    by_hand.drain()
    return execution_id


@pytest.fixture
def failed(by_hand: HandEngine) -> str:
    execution_id = by_hand.start(FLOW)
    by_hand.drain()
    return execution_id


@pytest.fixture
def waiting(by_hand: HandEngine) -> str:
    return by_hand.start(FLOW)


def state(engine: HandEngine, execution_id: str) -> str:
    engine.drain()
    return engine.look(execution_id).state


def shown(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("path", ["kill", "actions/kill"])
def test_an_execution_is_killed(api: FlaskClient, by_hand: HandEngine, waiting: str, path: str) -> None:
    answer = shown(api.delete(f"{ROOT}/{waiting}/{path}?isOnKillCascade=true"))

    assert (answer["id"], state(by_hand, waiting)) == (waiting, "KILLED")


def test_an_execution_is_restarted_in_place(api: FlaskClient, failed: str) -> None:
    answer = shown(api.post(f"{ROOT}/{failed}/restart"))

    assert (answer["id"], answer["state"]["current"]) == (failed, "RESTARTED")
    assert answer["metadata"]["attemptNumber"] == 2


def test_an_execution_is_replayed_as_a_new_one(api: FlaskClient, failed: str) -> None:
    answer = shown(api.post(f"{ROOT}/{failed}/replay"))

    assert (answer["id"] != failed, answer["originalId"]) == (True, failed)
    assert answer["url"].endswith(answer["id"])


def test_an_execution_is_replayed_from_a_task_run(api: FlaskClient, by_hand: HandEngine, failed: str) -> None:
    task_run = by_hand.look(failed).run("two")["id"]

    answer = shown(api.post(f"{ROOT}/{failed}/replay?taskRunId={task_run}"))

    by_hand.drain()
    assert by_hand.look(answer["id"]).states == [("one", "SUCCESS"), ("two", "FAILED")]


def test_an_execution_is_replayed_with_other_inputs(api: FlaskClient, by_hand: HandEngine, failed: str) -> None:
    answer = shown(api.post(f"{ROOT}/{failed}/replay-with-inputs", data={"n": "2"}))

    assert (answer["inputs"]["n"], state(by_hand, answer["id"])) == (2, "SUCCESS")


def test_the_end_of_an_execution_is_changed(api: FlaskClient, by_hand: HandEngine, failed: str) -> None:
    shown(api.post(f"{ROOT}/{failed}/change-status?status=WARNING"))

    assert state(by_hand, failed) == "WARNING"


def test_the_end_of_a_task_run_is_changed(api: FlaskClient, by_hand: HandEngine, failed: str) -> None:
    task_run = by_hand.look(failed).run("two")["id"]

    shown(api.post(f"{ROOT}/{failed}/state", json={"taskRunId": task_run, "state": "SUCCESS"}))

    assert state(by_hand, failed) == "SUCCESS"


@pytest.mark.parametrize("labels", [[{"key": "team", "value": "data"}], {"team": "data"}])
def test_labels_are_replaced(api: FlaskClient, failed: str, labels: Any) -> None:
    answer = shown(api.post(f"{ROOT}/{failed}/labels", json=labels))

    assert {"key": "team", "value": "data"} in answer["labels"]


def test_an_execution_is_deleted(api: FlaskClient, failed: str) -> None:
    assert api.delete(f"{ROOT}/{failed}?deleteLogs=true").status_code == 204
    assert api.get(f"{ROOT}/{failed}").status_code == 404


@pytest.mark.parametrize("method_and_path", ["POST restart", "POST pause", "POST resume", "DELETE kill"])
def test_many_are_dealt_with_by_their_ids(api: FlaskClient, failed: str, waiting: str, method_and_path: str) -> None:
    method, path = method_and_path.split()

    answer = api.open(f"{ROOT}/{path}/by-ids", method=method, json=[failed, waiting, "nope"])

    if path in ("restart", "kill"):
        assert shown(answer)["count"] == 1
        assert {one["id"] for one in answer.json["errors"]} > {"nope"}
    else:
        assert (answer.status_code, len(answer.json["errors"])) == (409, 3)


def test_many_are_dealt_with_by_a_filter(api: FlaskClient, by_hand: HandEngine, failed: str) -> None:
    other = by_hand.start(FLOW)

    answer = shown(api.delete(f"{ROOT}/kill/by-query?namespace=examples&state=CREATED"))

    assert (answer["count"], state(by_hand, other), state(by_hand, failed)) == (1, "KILLED", "FAILED")


def test_a_filter_that_finds_nothing_does_nothing(api: FlaskClient, failed: str) -> None:
    assert shown(api.post(f"{ROOT}/restart/by-query?filters[state][EQUALS]=RUNNING")) == {"count": 0, "errors": []}


def test_many_are_deleted(api: FlaskClient, failed: str) -> None:
    assert shown(api.delete(f"{ROOT}/by-query?state=FAILED"))["count"] == 1
    assert api.delete(f"{ROOT}/by-ids", json=[failed]).status_code == 409


def test_many_are_labelled(api: FlaskClient, failed: str) -> None:
    body = {"executionsId": [failed], "executionLabels": [{"key": "team", "value": "a"}]}
    shown(api.post(f"{ROOT}/labels/by-ids", json=body))
    shown(api.post(f"{ROOT}/labels/by-query?state=FAILED", json=[{"key": "team", "value": "b"}]))

    assert {"key": "team", "value": "b"} in api.get(f"{ROOT}/{failed}").json["labels"]


def test_many_are_replayed_and_changed(api: FlaskClient, failed: str) -> None:
    assert shown(api.post(f"{ROOT}/change-status/by-ids?newStatus=SUCCESS", json=[failed]))["count"] == 1
    assert shown(api.post(f"{ROOT}/replay/by-query?state=SUCCESS&latestRevision=true"))["count"] == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "{id}/pause", 409), ("POST", "{id}/resume", 409), ("DELETE", "{id}/kill", 409),
        ("POST", "{id}/change-status", 422), ("POST", "{id}/change-status?status=NOPE", 422),
        ("POST", "{id}/change-status?status=RUNNING", 409), ("POST", "{id}/restart?revision=99", 404),
        ("POST", "nope/restart", 404), ("DELETE", "nope", 404), ("POST", "{id}/labels", 415),
        ("POST", "{id}/state", 415), ("DELETE", "kill/by-ids", 415), ("POST", "restart/by-query?state=NOPE", 422),
    ],
)  # fmt: skip
def test_what_is_not_possible_is_refused(api: FlaskClient, failed: str, method: str, path: str, status: int) -> None:
    assert api.open(f"{ROOT}/" + path.format(id=failed), method=method).status_code == status


def test_a_pause_gets_the_inputs_that_it_asks_for(api: FlaskClient, by_hand: HandEngine, paused: str) -> None:
    shown(api.post(f"{ROOT}/{paused}/resume", data={"reason": "all is well"}))

    assert state(by_hand, paused) == "SUCCESS"
    assert by_hand.look(paused).outputs_of("told") == {"value": "all is well"}


def test_a_pause_goes_on_waiting_when_an_input_is_missing(api: FlaskClient, by_hand: HandEngine, paused: str) -> None:
    answer = api.post(f"{ROOT}/{paused}/resume")

    assert (answer.status_code, state(by_hand, paused)) == (422, "PAUSED")
