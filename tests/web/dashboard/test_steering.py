"""Executions are steered by forms, one or many at once; each operation asks first."""

import pytest
from flask.testing import FlaskClient

from hand_engine import HandEngine
from web.dashboard.flow_texts import BROKEN, HELLO, SLEEPY


@pytest.mark.parametrize("action", ["restart", "replay", "kill", "pause", "resume", "delete"])
def test_each_operation_asks_first(client: FlaskClient, by_hand: HandEngine, action: str) -> None:
    ended = by_hand.run(BROKEN)

    answer = client.get(f"/ui/executions/{ended.id}/{action}")

    assert (answer.status_code, 'id="confirm"' in answer.text) == (200, True)


def test_a_running_execution_is_killed(client: FlaskClient, by_hand: HandEngine) -> None:
    execution_id = by_hand.start(SLEEPY)
    by_hand.drain()

    answer = client.post(f"/ui/executions/{execution_id}/kill")
    by_hand.drain()

    assert answer.status_code == 303
    assert by_hand.look(execution_id).state == "KILLED"


def test_a_failed_execution_is_restarted_from_what_failed(client: FlaskClient, by_hand: HandEngine) -> None:
    ended = by_hand.run(BROKEN)

    client.post(f"/ui/executions/{ended.id}/restart")
    by_hand.wait(ended.id)

    assert by_hand.look(ended.id).messages.count("so far so good") == 1
    assert by_hand.look(ended.id).messages.count("there are no rows") == 2


def test_a_replay_is_a_new_execution_which_is_shown(client: FlaskClient, by_hand: HandEngine) -> None:
    ended = by_hand.run(HELLO)

    answer = client.post(f"/ui/executions/{ended.id}/replay")

    new = answer.headers["Location"].rpartition("/")[2]
    assert by_hand.execution(new).original_id == ended.id


def test_what_the_state_forbids_is_refused_with_the_reason(client: FlaskClient, by_hand: HandEngine) -> None:
    ended = by_hand.run(HELLO)

    answer = client.post(f"/ui/executions/{ended.id}/kill")

    assert (answer.status_code, "Not possible now" in answer.text) == (409, True)


def test_many_are_killed_at_once_and_those_that_cannot_be_are_told(client: FlaskClient, by_hand: HandEngine) -> None:
    ended = by_hand.run(HELLO)
    execution_ids = [by_hand.start(SLEEPY), by_hand.start(SLEEPY)]
    by_hand.drain()

    answer = client.post(
        "/ui/executions/many",
        data={"action": "kill", "id": [*execution_ids, ended.id], "next": "/ui/executions?state=RUNNING"},
        follow_redirects=True,
    )
    by_hand.drain()

    assert {by_hand.look(one).state for one in execution_ids} == {"KILLED"}
    assert "Kill: 2 executions" in answer.text
    assert ended.id in answer.text
    assert answer.request.full_path == "/ui/executions?state=RUNNING"


def test_many_are_not_deleted_by_a_form_for_other_things(client: FlaskClient, by_hand: HandEngine) -> None:
    ended = by_hand.run(HELLO)

    answer = client.post("/ui/executions/many", data={"action": "delete", "id": [ended.id]})

    assert answer.status_code == 404
    assert by_hand.execution(ended.id)


def test_a_form_never_leads_to_another_site(client: FlaskClient) -> None:
    answer = client.post("/ui/executions/many", data={"action": "kill", "next": "//evil.example/"})

    assert answer.headers["Location"] == "/ui/executions"
