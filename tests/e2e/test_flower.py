"""Flower for real, seen through the web with a login: on Valkey, and with RabbitMQ as broker."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from celeriac.cli.address import free_port
from celeriac.dispatch.app import SUBMIT, make_celery
from celeriac.settings import Settings
from celeriac.web import create_app
from celeriac.wiring import App, build
from rabbitmq_server import RABBITMQ

PASSWORD = "correct horse"
DEADLINE_S = 60.0


def flow(flow_id: str, command: str) -> str:
    return f"""
id: {flow_id}
namespace: tests.flower
inputs:
  - {{id: word, type: STRING, defaults: hush}}
tasks:
  - id: script
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {{type: io.kestra.plugin.core.runner.Process}}
    commands: ["{command}"]
"""


@dataclass(frozen=True)
class Watched:
    """Roles that run, and a browser that is logged in."""

    app: App
    client: FlaskClient

    def run(self, flow_id: str) -> str:
        """Runs a flow to its end; returns the execution's id."""
        started = self.app.executions.start("tests.flower", flow_id, {"word": "hush"})
        execution_id = started if isinstance(started, str) else started.id
        self.wait_for(lambda: self.app.surroundings.executions.get(execution_id).done_us, "the end")  # type: ignore[union-attr] # it is there
        return execution_id

    def submit(self, message: dict[str, Any]) -> None:
        """Sends a message as producers with Celery do."""
        settings = self.app.settings
        make_celery(settings.broker_url, settings.redis_url).send_task(SUBMIT, args=[message], ignore_result=True)

    def jobs(self) -> list[dict[str, Any]]:
        answer = self.client.get("/flower/api/tasks")
        return list(answer.json.values()) if answer.status_code == 200 else []

    def job_of(self, execution_id: str) -> dict[str, Any]:
        """The ended `execute` of an execution, as Flower shows it."""

        def ended() -> list[dict[str, Any]]:
            found = [job for job in self.jobs() if job["name"] == "celeriac.execute" and execution_id in job["args"]]
            return [job for job in found if job["state"] in ("SUCCESS", "FAILURE")]

        self.wait_for(ended, "the job in Flower")
        return ended()[0]

    def workers(self) -> dict[str, bool]:
        answer = self.client.get("/flower/api/workers?status=1")
        return dict(answer.json) if answer.status_code == 200 else {}

    def wait_for(self, condition: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < deadline, f"waited {DEADLINE_S} s for {what}"
            time.sleep(0.1)


@contextmanager
def running_role(role: str, settings: Settings) -> Iterator[None]:
    with (settings.home / f"{role}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celeriac_workers", role],
            env={**os.environ, **settings.environ()},
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module", params=["valkey", RABBITMQ])
def watched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> Iterator[Watched]:
    """Flower starts last, when the others work already."""
    home = tmp_path_factory.mktemp("flower")
    broker_url = valkey_url if request.param == "valkey" else request.getfixturevalue("rabbitmq_url")
    settings = Settings.from_environ(
        {
            "CELERIAC_HOME": str(home),
            "CELERIAC_BROKER_URL": broker_url,
            "CELERIAC_REDIS_URL": valkey_url,
            "CELERIAC_RUNNER": "process",
            "CELERIAC_FLOWER_URL": f"http://celeriac:own-password@127.0.0.1:{free_port()}",
        }
    )
    app = build(settings)
    app.migrate()
    app.users.add("admin@example.com", PASSWORD, "admin")
    app.users.add("viewer@example.com", PASSWORD, "viewer")
    client = create_app(app).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {app.tokens.add('admin@example.com', 'test')[0]}"
    watched = Watched(app, client)
    for name, command in (("good", "true"), ("bad", "false")):
        app.flows.register(flow(name, command))
    with ExitStack() as stack:
        stack.callback(app.close)
        for role in ("orchestrator", "worker"):
            stack.enter_context(running_role(role, settings))
        watched.run("good")
        stack.enter_context(running_role("flower", settings))
        watched.wait_for(lambda: client.get("/flower/healthcheck").status_code == 200, "Flower")
        yield watched


def test_workers_that_ran_before_flower_are_online(watched: Watched) -> None:
    watched.wait_for(lambda: len(watched.workers()) == 2, "two workers")

    assert all(watched.workers().values())
    assert {name.partition("-")[0] for name in watched.workers()} == {"orchestrator", "worker"}


def test_the_job_of_a_failed_task_run_is_a_failure(watched: Watched) -> None:
    job = watched.job_of(watched.run("bad"))

    assert (job["name"], job["state"]) == ("celeriac.execute", "FAILURE")
    assert "tests.flower.bad script" in job["exception"]


def test_the_job_of_a_good_task_run_is_a_success(watched: Watched) -> None:
    job = watched.job_of(watched.run("good"))

    assert (job["name"], job["state"]) == ("celeriac.execute", "SUCCESS")


def test_arguments_are_ids_only(watched: Watched) -> None:
    execution_id = watched.run("good")
    job = watched.job_of(execution_id)

    assert (job["args"], job["kwargs"]) == (f"('{execution_id}', 1, 1)", "{}")
    assert "hush" not in str(watched.jobs())


def test_each_advance_is_shown_too_with_the_ids_of_its_executions(watched: Watched) -> None:
    execution_id = watched.run("good")
    watched.job_of(execution_id)

    advances = [job for job in watched.jobs() if job["name"] == "celeriac.advance"]
    assert any(job["args"] == f"['{execution_id}']" for job in advances)


def test_jobs_that_carry_inputs_are_not_shown(watched: Watched) -> None:
    message = {"namespace": "examples.flower", "flowId": "nobody", "inputs": {"password": "in clear"}}
    watched.submit(message)
    watched.wait_for(lambda: watched.app.submissions.dead_letters.newest(1), "the message to be refused")

    assert "celeriac.submit" not in {job["name"] for job in watched.jobs()}


def test_pages_and_their_files_come_through(watched: Watched) -> None:
    pages = [watched.client.get(path) for path in ("/flower/", "/flower/tasks", "/flower/broker")]
    script = watched.client.get("/flower/static/js/flower.js")

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all("/flower/static/" in page.text for page in pages)
    assert (script.status_code, len(script.data) > 10_000) == (200, True)


def test_somebody_who_may_only_look_sees_the_list_of_jobs(watched: Watched) -> None:
    execution_id = watched.run("good")
    watched.job_of(execution_id)
    columns = {
        "draw": 1,
        "start": 0,
        "length": 1000,
        "search[value]": "",
        "order[0][column]": 0,
        "order[0][dir]": "desc",
    }
    names = {f"columns[{number}][data]": name for number, name in enumerate(("name", "uuid", "state", "args"))}

    secret, _ = watched.app.tokens.add("viewer@example.com", "look")
    answer = watched.client.post(
        "/flower/tasks/datatable", data={**columns, **names}, headers={"Authorization": f"Bearer {secret}"}
    )

    assert execution_id in str([job["args"] for job in answer.json["data"]])


def test_the_scripts_inside_its_pages_may_run(watched: Watched) -> None:
    page = watched.client.get("/flower/")
    scripts = re.findall(r"<script(?![^>]*src)[^>]*>(.*?)</script>", page.text, re.DOTALL)

    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert hashes
    assert all(f"'sha256-{one}'" in page.headers["Content-Security-Policy"] for one in hashes)


def test_flower_itself_answers_nobody_without_its_password(watched: Watched) -> None:
    import httpx2

    url = watched.app.settings.flower_url.replace("own-password", "guess")

    assert httpx2.get(f"{url}/flower/api/tasks").status_code == 401
