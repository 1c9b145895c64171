"""Calls of webhooks: what they start, and how each is answered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from celeriac.storage.secrets import Secrets
from celeriac.web import create_app
from celeriac.web.api.webhook import LARGEST_BYTES
from engine.flow_text import RETURN, flow
from hand_engine import HandEngine

HOOK = "io.kestra.plugin.core.trigger.Webhook"
PATH = "/api/v1/main/executions/webhook/tests/flow/top-secret"


@pytest.fixture
def server(by_hand: HandEngine) -> Flask:
    """The application over the database of the test, whichever that is."""
    return create_app(by_hand.app)


def hook(more: str = "", *, key: str = "top-secret", rest: str = "") -> str:
    """A flow with one webhook."""
    body = f"""
        tasks:
          - {{id: shown, type: {RETURN}, format: "{{{{ trigger.body }}}}"}}
        triggers:
          - {{id: called, type: {HOOK}, key: "{key}"{more and ", "}{more}}}
    """
    return flow(body) + "\n" + rest


def waited_for(engine: HandEngine, server: Flask) -> TestResponse:
    """The answer to a call that waits, while the engine works."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(lambda: server.test_client().post(PATH, data="hello"))
        engine.wait_for(lambda: engine.publisher.jobs, "the call")
        engine.drain()
        return answer.result()


def test_a_call_starts_an_execution_with_body_headers_and_parameters(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook())

    answer = api.post(f"{PATH}?a=1&a=2", json={"n": 1}, headers={"X-One": "two"})

    assert answer.status_code == 200
    variables = by_hand.execution(answer.json["id"]).trigger["variables"]
    assert variables["body"] == {"n": 1}
    assert variables["headers"]["x-one"] == ["two"]
    assert variables["parameters"] == {"a": ["1", "2"]}


def test_an_execution_of_a_webhook_says_that_a_trigger_has_started_it(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook("labels: {team: data}"))

    answer = api.post(PATH)

    labels = by_hand.execution(answer.json["id"]).labels
    assert labels["system.from"] == "trigger"
    assert labels["team"] == "data"


@pytest.mark.parametrize(("sent", "seen"), [(b"", None), (b"plain", "plain"), (b"7", "7"), (b"[1]", [1])])
def test_a_body_that_is_no_json_object_or_list_stays_text(
    by_hand: HandEngine, api: FlaskClient, sent: bytes, seen: object
) -> None:
    by_hand.register(hook())

    answer = api.put(PATH, data=sent)

    assert by_hand.execution(answer.json["id"]).trigger["variables"]["body"] == seen


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/executions/webhook/tests/flow/wrong",
        "/api/v1/executions/webhook/tests/other/top-secret",
        "/api/v1/executions/webhook/tests/flow/top-secret/more",
    ],
)
def test_a_wrong_key_flow_or_path_is_not_found(by_hand: HandEngine, path: str) -> None:
    by_hand.register(hook())

    assert create_app(by_hand.app).test_client().get(path).status_code == 404


def test_a_webhook_needs_no_tenant_in_its_path(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook())

    assert api.get(PATH.replace("/main", "")).status_code == 200


def test_a_key_may_be_a_secret(by_hand: HandEngine) -> None:
    app = by_hand.app
    app.surroundings = replace(app.surroundings, secrets=Secrets({"HOOK": "dG9wLXNlY3JldA=="}))
    by_hand.register(hook(key="{{ secret('HOOK') }}"))

    assert create_app(by_hand.app).test_client().post(PATH).status_code == 200


def test_a_disabled_flow_is_a_conflict(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook(rest="disabled: true\n"))

    assert api.post(PATH).status_code == 409


def test_a_webhook_that_a_person_has_disabled_is_a_conflict(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook())
    by_hand.app.triggers.set_disabled("tests", "flow", "called", is_disabled=True)

    assert api.post(PATH).status_code == 409


def test_a_call_whose_conditions_do_not_hold_starts_nothing(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook("""when: "{{ trigger.body.go == true }}\""""))

    refused, accepted = api.post(PATH, json={"go": False}), api.post(PATH, json={"go": True})

    assert (refused.status_code, accepted.status_code) == (204, 200)


def test_inputs_that_do_not_fit_are_told_and_nothing_starts(by_hand: HandEngine, api: FlaskClient) -> None:
    inputs = "inputs:\n  - {id: n, type: INT}\n"
    by_hand.register(hook("""inputs: {n: "{{ trigger.body }}"}""", rest=inputs))

    answer = api.post(PATH, data="many")

    assert answer.status_code == 422
    assert by_hand.rows("SELECT count(*) FROM execution") == [(0,)]


def test_the_same_idempotency_key_starts_one_execution(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook())

    ids = {api.post(PATH, headers={"Idempotency-Key": "once"}).json["id"] for _ in range(3)}

    assert len(ids) == 1


def test_a_response_code_of_its_own_is_the_answer(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook("responseCode: 202"))

    assert api.post(PATH).status_code == 202


def test_a_webhook_that_waits_answers_with_the_outputs(by_hand: HandEngine, server: Flask) -> None:
    outputs = """outputs:\n  - {id: answer, type: STRING, value: "{{ outputs.shown.value }}"}\n"""
    by_hand.register(hook("wait: true, returnOutputs: true, responseContentType: text/plain", rest=outputs))

    answer = waited_for(by_hand, server)

    assert answer.get_data(as_text=True) == "hello"


def test_a_failed_execution_that_was_waited_for_is_an_error(by_hand: HandEngine, server: Flask) -> None:
    by_hand.register(hook("wait: true").replace("trigger.body", "nothing.at.all"))

    answer = waited_for(by_hand, server)

    assert answer.status_code == 500


def test_a_body_that_is_too_large_is_refused_and_not_cut(by_hand: HandEngine, api: FlaskClient) -> None:
    by_hand.register(hook())

    answer = api.post(
        PATH, input_stream=BytesIO(b"x" * (LARGEST_BYTES + 1)), environ_overrides={"wsgi.input_terminated": True}
    )

    assert answer.status_code == 413
    assert by_hand.rows("SELECT id FROM execution") == []
