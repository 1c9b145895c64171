"""What a new user does first, on a whole installation: with everything embedded, and on services of a company."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from kombu import Connection

from e2e.stacks import Stack, company, laptop
from hand_engine import postgres_database
from postgres_server import POSTGRES
from rabbitmq_server import RABBITMQ

FLOW = """
id: greeting
namespace: company.team
inputs:
  - {id: name, type: STRING, defaults: world}
tasks:
  - id: hello
    type: io.kestra.plugin.scripts.shell.Commands
    commands: ["echo Hello {{ inputs.name }}"]
"""
BY_WEBHOOK = """
id: called
namespace: company.team
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "{{ trigger.body.order }}"}
triggers:
  - {id: call, type: io.kestra.plugin.core.trigger.Webhook, key: a-secret-key}
"""
EACH_SECOND = """
id: ticking
namespace: company.team
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "{{ trigger.date }}"}
triggers:
  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "* * * * * *", withSeconds: true}
"""


@pytest.fixture(scope="module", params=["laptop", pytest.param("company", marks=[*POSTGRES.marks, *RABBITMQ.marks])])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """SQLite and an embedded Valkey; PostgreSQL, a Valkey and RabbitMQ."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    amqp_url = request.getfixturevalue("rabbitmq_url")
    if request.param == "laptop":
        with laptop(folder, amqp_url) as running:
            yield running
        return
    valkey_url = request.getfixturevalue("valkey_url")
    with (
        postgres_database(request.getfixturevalue("postgres_url")) as database_url,
        company(folder, database_url, valkey_url, amqp_url) as running,
    ):
        yield running


def test_a_flow_is_created_run_and_followed_by_curl(stack: Stack) -> None:
    stack.create(FLOW)
    started = json.loads(stack.curl("-F", "name=Ada", f"{stack.url}/api/v1/main/executions/company.team/greeting"))

    followed = stack.curl("-N", f"{stack.url}/api/v1/main/executions/{started['id']}/follow")

    events = re.findall(r"^id: ?(.+)\n(?:.+\n)*?data: ?(.+)$", followed, re.MULTILINE)
    assert (events[0][0], events[-1][0]) == ("start", "end")
    last = [json.loads(data) for _, data in events if "SUCCESS" in data][-1]
    assert (last["id"], last["state"]["current"]) == (started["id"], "SUCCESS")
    logs = stack.get(f"/api/v1/main/logs/{started['id']}")
    assert "Hello Ada" in [line["message"] for line in logs]


def test_flower_shows_the_jobs_of_a_run(stack: Stack) -> None:
    stack.create(FLOW.replace("id: greeting", "id: shown"))
    started = stack.curl("-F", "name=Flower", f"{stack.url}/api/v1/executions/company.team/shown")
    execution_id = json.loads(started)["id"]
    stack.wait_for_one("company.team", "shown")

    def shown() -> list[str]:
        jobs = stack.get("/flower/api/tasks?limit=1000")
        return [job["name"] for job in jobs.values() if execution_id in str(job["args"]) and job["state"] == "SUCCESS"]

    names = stack.wait_for(lambda: {"celeriac.execute", "celeriac.advance"} <= set(shown()) and shown(), "Flower")

    assert set(names) == {"celeriac.execute", "celeriac.advance"}


def test_a_webhook_starts_an_execution(stack: Stack) -> None:
    stack.create(BY_WEBHOOK)
    stack.wait_for(lambda: stack.get("/api/v1/main/flows/company.team/called"), "the flow")

    stack.curl(
        "-H", "Content-Type: application/json", "-d", '{"order": "A-17"}',
        f"{stack.url}/api/v1/main/executions/webhook/company.team/called/a-secret-key",
    )  # fmt: skip
    ended = stack.wait_for_one("company.team", "called")

    assert "A-17" in [line["message"] for line in stack.get(f"/api/v1/main/logs/{ended['id']}")]


def test_a_message_on_a_redis_stream_starts_an_execution(stack: Stack) -> None:
    stack.create(FLOW.replace("id: greeting", "id: by_redis"))
    message = {"namespace": "company.team", "flowId": "by_redis", "inputs": {"name": "Redis"}, "idempotencyKey": "1"}

    with redis.Redis.from_url(stack.redis_url) as client:
        for _ in range(3):
            client.xadd("celeriac.submit", {"data": json.dumps(message)})
        stack.wait_for(lambda: client.xlen("celeriac.submit") == 0, "the messages to be acknowledged")
    stack.wait_for_one("company.team", "by_redis")

    assert len(stack.executions("company.team", "by_redis")) == 1


def test_a_message_on_rabbitmq_starts_an_execution(stack: Stack) -> None:
    stack.create(FLOW.replace("id: greeting", "id: by_amqp"))
    message = {"namespace": "company.team", "flowId": "by_amqp", "labels": {"source": "rabbitmq"}}

    with Connection(stack.amqp_url) as connection, connection.Producer() as producer:
        producer.publish(message, routing_key="celeriac.submit", serializer="json", delivery_mode=2)
    ended = stack.wait_for_one("company.team", "by_amqp")

    assert {"key": "source", "value": "rabbitmq"} in ended["labels"]


def test_a_celery_task_starts_an_execution_and_returns_its_id(stack: Stack) -> None:
    stack.create(FLOW.replace("id: greeting", "id: by_celery"))
    broker_url = stack.amqp_url if stack.folder.name.startswith("company") else stack.redis_url
    producer = Celery("producer", broker=broker_url, backend=stack.redis_url)

    result = producer.send_task(
        "celeriac.submit", kwargs={"namespace": "company.team", "flowId": "by_celery"}, queue="orchestrate"
    )
    execution_id = result.get(timeout=30)
    ended = stack.wait_for_one("company.team", "by_celery")

    assert ended["id"] == execution_id


def test_a_message_that_says_nothing_becomes_a_dead_letter(stack: Stack) -> None:
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as client:
        client.xadd("celeriac.submit", {"data": "{not json"})
        stack.wait_for(lambda: client.xlen("celeriac.submit.dead") == 1, "the dead letter")
    (letter,) = stack.get("/api/v1/main/dead-letters")["results"]

    assert (letter["body"], "not JSON" in letter["reason"]) == ("{not json", True)


def test_a_schedule_of_each_second_starts_one_execution_for_each_date(stack: Stack) -> None:
    stack.create(EACH_SECOND)
    stack.wait_for_one("company.team", "ticking")
    begin = time.time()
    stack.wait_for(lambda: time.time() - begin > 61, "a minute", within_s=90)
    dates = sorted(one["trigger"]["variables"]["date"] for one in stack.executions("company.team", "ticking"))
    stack.curl("-X", "DELETE", f"{stack.url}/api/v1/main/flows/company.team/ticking")

    seconds = sorted({date[:19] for date in dates})
    assert len(seconds) == len(dates)
    minute = [one for one in seconds if seconds[1] <= one < _later(seconds[1])]
    assert 59 <= len(minute) <= 61


def test_no_link_of_the_dashboard_is_dead(stack: Stack) -> None:
    home = stack.curl("-L", f"{stack.url}/")
    paths = {urlsplit(link).path for link in re.findall(r'href="(/[^"#]*)"', home)}

    for path in sorted(paths - {""}):
        stack.curl("-L", "-o", "page", f"{stack.url}{path}")


def _later(second: str) -> str:
    """A minute after a date such as 2026-11-25T10:00:00."""
    moment = time.strptime(second, "%Y-%m-%dT%H:%M:%S")
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.mktime(moment) + 60))
