"""The Slack tasks, against a real server."""

import json
import re
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response

from celeriac.core.errors import ExecutionNotFound, TaskFailed
from celeriac.plugins.notifications.slack_execution import SlackExecution
from celeriac.plugins.notifications.slack_incoming_webhook import SlackIncomingWebhook
from fakes import FakeContext, run_task


@pytest.fixture
def received(httpserver: HTTPServer) -> list[Received]:
    requests: list[Received] = []

    def answer(request: Received) -> Response:
        request.get_data()
        requests.append(request)
        return Response("ok")

    httpserver.expect_request(re.compile("/.*")).respond_with_handler(answer)
    return requests


def execution(context: FakeContext, state: str, **task_states: str) -> dict[str, Any]:
    return {
        "id": context.identity.execution_id,
        "namespace": "company.team",
        "flowId": "etl",
        "state": {"current": state, "startDate": "2024-01-02T03:04:05Z", "duration": "PT1M5S"},
        "taskRunList": [{"taskId": task, "state": {"current": state}} for task, state in task_states.items()],
    }


def test_the_payload_is_sent_as_rendered_and_never_parsed(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    context.variables["outputs"] = {"transform": {"vars": {"total": 12.5}}}
    payload = '{\n  "text": "📊 *Report*\n   • Total: ${{ outputs.transform.vars.total }}"\n}\n'

    run_task(SlackIncomingWebhook, {"url": httpserver.url_for("/hook"), "payload": payload}, context)

    assert received[0].method == "POST"
    assert received[0].content_type == "application/json"
    assert received[0].get_data().decode() == '{\n  "text": "📊 *Report*\n   • Total: $12.5"\n}\n'


def test_a_message_text_becomes_a_message(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    run_task(SlackIncomingWebhook, {"url": httpserver.url_for("/hook"), "messageText": 'say "{{ flow.id }}"'}, context)

    assert received[0].json == {"text": 'say "flow"'}


def test_one_of_payload_and_message_text_is_needed(httpserver: HTTPServer, context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match="`payload` and `messageText`"):
        run_task(SlackIncomingWebhook, {"url": httpserver.url_for("/hook")}, context)


def test_headers_of_the_options_are_sent(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    options = {"headers": {"X-Team": "{{ flow.id }}"}, "readTimeout": "PT5S"}

    run_task(SlackIncomingWebhook, {"url": httpserver.url_for("/"), "payload": "{}", "options": options}, context)

    assert received[0].headers["X-Team"] == "flow"


def test_a_refused_message_fails_with_the_answer(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/hook").respond_with_data("invalid_payload", status=400)

    with pytest.raises(TaskFailed, match="400 BAD REQUEST: invalid_payload") as failed:
        run_task(SlackIncomingWebhook, {"url": httpserver.url_for("/hook"), "payload": "{}"}, context)
    assert "hook" not in str(failed.value), "the path of a webhook is a secret"


@pytest.mark.parametrize("kind", [SlackIncomingWebhook, SlackExecution])
def test_both_are_found_under_their_old_names(kind: type[SlackIncomingWebhook]) -> None:
    name = kind.__name__

    assert kind.type_name == f"io.kestra.plugin.slack.{name}"
    assert f"io.kestra.plugin.notifications.slack.{name}" in kind.aliases


def test_an_execution_is_told_with_its_state_and_failed_task(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    own = context.identity.execution_id
    context.executions[own] = execution(context, "RUNNING", extract="SUCCESS", load="FAILED", task="RUNNING")

    run_task(
        SlackExecution,
        {
            "url": httpserver.url_for("/"),
            "executionId": "{{ execution.id }}",
            "customMessage": "See {{ flow.id }}",
            "customFields": {"Team": "data"},
            "channel": "#alerts",
            "iconEmoji": ":boom:",
        },
        context,
    )

    message = json.loads(received[0].get_data())
    fields = {field["title"]: field["value"] for field in message["attachments"][0]["fields"]}
    assert message["channel"] == "#alerts"
    assert message["icon_emoji"] == ":boom:"
    assert message["text"] == f"company.team.etl, execution {own}: FAILED, failed task load\nSee flow"
    assert fields == {
        "Namespace": "company.team",
        "Flow": "etl",
        "Execution": own,
        "State": "FAILED",
        "Failed task": "load",
        "Started": "2024-01-02T03:04:05Z",
        "Duration": "PT1M5S",
        "Team": "data",
    }


def test_without_an_id_the_own_execution_is_told(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    context.executions[context.identity.execution_id] = execution(context, "SUCCESS")

    run_task(SlackExecution, {"url": httpserver.url_for("/")}, context)

    message = json.loads(received[0].get_data())
    assert message["text"].endswith(": SUCCESS")
    assert message["attachments"][0]["color"] == "good"


def test_an_unknown_execution_fails(httpserver: HTTPServer, context: FakeContext) -> None:
    with pytest.raises(ExecutionNotFound):
        run_task(SlackExecution, {"url": httpserver.url_for("/"), "executionId": "nope"}, context)
