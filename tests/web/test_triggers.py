"""Triggers over HTTP."""

import warnings
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from fake_clock import clocked
from hand_engine import HandEngine
from services.test_scheduling import timer

API = "/api/v1/main"
NAME = {"namespace": "tests", "flowId": "flow", "triggerId": "timer"}


@pytest.fixture
def registered(by_hand: HandEngine) -> HandEngine:
    """An engine at the beginning of 2030 with one schedule."""
    clocked(by_hand)
    by_hand.register(timer("timezone: Europe/Paris"))
    return by_hand


@pytest.fixture
def client(registered: HandEngine, api: FlaskClient) -> FlaskClient:
    return api


def trigger(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{API}/triggers/tests/flow/timer").json
    return found


def test_triggers_are_found_in_kestras_shape(client: FlaskClient) -> None:
    answer = client.get(f"{API}/triggers/search?namespace=tests&q=tim").json

    assert answer["total"] == 1
    found = answer["results"][0]
    assert found["abstractTrigger"]["cron"] == found["trigger"]["cron"] == "*/5 * * * *"
    assert found["state"]["nextEvaluationDate"] == "2030-01-01T00:05:00.000000Z"
    assert found["triggerContext"]["nextExecutionDate"] == "2030-01-01T00:05:00.000000Z"
    assert found["triggerContext"]["triggerId"] == found["triggerId"] == "timer"


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("filters[namespace][EQUALS]=tests", 1),
        ("filters[namespace][PREFIX]=te", 0),
        ("filters[flowId][EQUALS]=flow&filters[triggerId][EQUALS]=timer", 1),
        ("filters[triggerId][EQUALS]=other", 0),
        ("filters[q][EQUALS]=FLO&sort=nextEvaluationDate:desc&sort=flowId", 1),
    ],
)
def test_triggers_are_filtered_as_kestras_clients_do(client: FlaskClient, query: str, total: int) -> None:
    assert client.get(f"{API}/triggers/search?{query}").json["total"] == total


@pytest.mark.parametrize("query", ["filters[state][EQUALS]=x", "sort=color"])
def test_what_triggers_cannot_be_found_by_is_told(client: FlaskClient, query: str) -> None:
    assert client.get(f"{API}/triggers/search?{query}").status_code == 422


def test_a_trigger_that_waits_for_its_execution_is_locked(client: FlaskClient, registered: HandEngine) -> None:
    before = trigger(client)["locked"]
    execution_id = registered.app.executions.start("tests", "flow")
    registered.change("UPDATE trigger SET execution_id = :id", id=execution_id)

    assert (before, trigger(client)["locked"]) == (False, True)


def test_the_triggers_of_a_flow_are_listed(client: FlaskClient) -> None:
    assert client.get(f"{API}/triggers/tests/flow").json["total"] == 1
    assert client.get(f"{API}/triggers/tests/other").json == {"results": [], "total": 0}


def test_a_trigger_is_switched_off_and_on(client: FlaskClient) -> None:
    off = client.put(f"{API}/triggers", json={**NAME, "disabled": True})
    on = client.put(f"{API}/triggers", json={**NAME, "disabled": False})

    assert (off.json["disabled"], off.json["nextExecutionDate"]) == (True, None)
    assert (on.json["disabled"], on.json["nextExecutionDate"]) == (False, "2030-01-01T00:05:00.000000Z")


def test_a_trigger_is_switched_as_in_2_0(client: FlaskClient) -> None:
    answer = client.put(f"{API}/triggers/set-disabled", json={**NAME, "disabled": True})

    assert answer.json["disabled"]


def test_several_are_switched_and_unknown_ones_passed_over(client: FlaskClient) -> None:
    names = [NAME, {**NAME, "triggerId": "none"}]

    answer = client.post(f"{API}/triggers/set-disabled/by-triggers", json={"triggers": names, "disabled": True})

    assert answer.json == {"count": 1}
    assert trigger(client)["disabled"]


def test_all_that_a_search_finds_are_switched(client: FlaskClient) -> None:
    none = client.post(f"{API}/triggers/set-disabled/by-query?q=other&disabled=true")
    one = client.post(f"{API}/triggers/set-disabled/by-query?namespace=tests&disabled=true")

    assert (none.json, one.json) == ({"count": 0}, {"count": 1})
    assert trigger(client)["disabled"]
    assert client.post(f"{API}/triggers/unlock/by-query?q=tim").json == {"count": 1}


@pytest.mark.parametrize("operation", ["unlock", "restart"])
def test_a_trigger_is_unlocked(client: FlaskClient, registered: HandEngine, operation: str) -> None:
    registered.change("UPDATE trigger SET execution_id = 'x'")

    answer = client.post(f"{API}/triggers/tests/flow/timer/{operation}")

    assert answer.json["executionId"] is None


def test_the_next_dates_are_those_of_its_zone(client: FlaskClient) -> None:
    answer = client.get(f"{API}/triggers/tests/flow/timer/next?count=2")

    assert answer.json == {"dates": ["2030-01-01T01:05:00.000000+01:00", "2030-01-01T01:10:00.000000+01:00"]}


def test_a_schedule_is_previewed(client: FlaskClient) -> None:
    asked = {"cron": "0 9 * * MON", "timezone": "UTC", "from": "2030-01-01T00:00:00Z", "count": 2}

    answer = client.post(f"{API}/schedules/preview", json=asked)

    assert answer.json == {"dates": ["2030-01-07T09:00:00.000000Z", "2030-01-14T09:00:00.000000Z"]}


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00"])
def test_a_preview_at_the_ends_of_time_is_no_failure(client: FlaskClient, start: str) -> None:
    asked = {"cron": "0 9 * * *", "timezone": "Asia/Tokyo", "from": start}

    assert client.post(f"{API}/schedules/preview", json=asked).status_code in (200, 422)


def test_a_wrong_cron_is_told(client: FlaskClient) -> None:
    answer = client.post(f"{API}/schedules/preview", json={"cron": "61 * * * *"})

    assert answer.status_code == 422
    assert "invalid cron expression" in answer.json["detail"]


def test_an_unknown_trigger_is_not_found(client: FlaskClient) -> None:
    assert client.post(f"{API}/triggers/tests/flow/none/unlock").status_code == 404
    assert client.put(f"{API}/triggers", json={**NAME, "triggerId": "none", "disabled": True}).status_code == 404


def test_a_backfill_is_refused_until_it_is_built(client: FlaskClient) -> None:
    answer = client.put(f"{API}/triggers", json={**NAME, "backfill": {"start": "2029-01-01T00:00:00Z"}})

    assert answer.status_code == 422


def test_the_models_of_kestras_client_read_what_is_found(client: FlaskClient) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from kestrapy.models.paged_results_api_trigger_and_state import PagedResultsApiTriggerAndState

    found = PagedResultsApiTriggerAndState.from_dict(client.get(f"{API}/triggers/search").json)

    assert (found.results[0].trigger.id, found.results[0].state.trigger_id) == ("timer", "timer")
    assert found.results[0].state.next_evaluation_date == datetime(2030, 1, 1, 0, 5, tzinfo=UTC)
