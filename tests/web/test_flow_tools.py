"""Looking at flows over HTTP: verdicts, drawings, canvases, tasks."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine

BASE = "/api/v1/main/flows"
HELLO = """\
# keep me
id: hello
namespace: company.team
description: Says hello to the world
labels:
  team: data
inputs:
  - {id: name, type: STRING, defaults: world}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.name }}"}
"""


@pytest.fixture
def client(by_hand: HandEngine) -> FlaskClient:
    return create_app(by_hand.app).test_client()


def flow(flow_id: str, namespace: str = "company.team", more: str = "") -> str:
    task = "{id: say, type: io.kestra.plugin.core.log.Log, message: hi}"
    return f"id: {flow_id}\nnamespace: {namespace}\n{more}tasks:\n  - {task}\n"


def send(client: FlaskClient, *texts: str) -> None:
    for text in texts:
        answer = client.post(BASE, data=text, content_type="application/x-yaml")
        assert answer.status_code == 200, answer.text


def test_a_text_is_validated_document_by_document(client: FlaskClient) -> None:
    bad = flow("b").replace("message", "messag")

    first, second = client.post(f"{BASE}/validate", data=f"{HELLO}---\n{bad}").json

    assert (first["index"], first["flow"], first["constraints"], first["diagnostics"]) == (0, "hello", None, [])
    assert (second["index"], second["namespace"], second["flow"]) == (1, "company.team", "b")
    assert {(one["line"], one["severity"], one["code"]) for one in second["diagnostics"]} == {(15, "error", "invalid")}
    (unknown,) = [one for one in second["diagnostics"] if one["path"].endswith("messag")]
    line = bad.splitlines()[3]
    assert line[unknown["column"] - 1 : unknown["endColumn"] - 1] == "messag"


@pytest.mark.parametrize("text", ["", "# nothing\n", "id: [", "- a\n", "just text"])
def test_a_text_that_is_no_flow_is_validated_too(client: FlaskClient, text: str) -> None:
    (verdict,) = client.post(f"{BASE}/validate", data=text).json

    assert (verdict["flow"], verdict["diagnostics"][0]["severity"]) == (None, "error")


def test_a_text_with_an_older_revision_is_outdated(client: FlaskClient) -> None:
    send(client, HELLO)
    client.put(f"{BASE}/company.team/hello", data=HELLO + "# 2\n")

    verdicts = [client.post(f"{BASE}/validate", data=f"{HELLO}revision: {n}\n").json[0]["outdated"] for n in (1, 2)]

    assert verdicts == [True, False]


def test_a_task_is_read_wherever_it_stands(client: FlaskClient) -> None:
    parallel = "{id: all, type: io.kestra.plugin.core.flow.Parallel, tasks: [%s]}"
    inner = "{id: inner, type: io.kestra.plugin.core.log.Log, message: in}"
    send(client, f"id: deep\nnamespace: company\ntasks:\n  - {parallel % inner}\n")

    assert client.get(f"{BASE}/company/deep/tasks/inner").json["message"] == "in"
    assert client.get(f"{BASE}/company/deep/tasks/nope").status_code == 404


def test_the_canvas_of_a_flow_is_shown(client: FlaskClient) -> None:
    send(client, HELLO)

    assert client.get(f"{BASE}/company.team/hello/canvas").json["lines"][0] == "company.team.hello"
    assert client.post(f"{BASE}/canvas", data=HELLO).json["lines"][0] == "company.team.hello"


@pytest.fixture
def drawn(client: FlaskClient) -> Iterator[dict[str, Any]]:
    log = "type: io.kestra.plugin.core.log.Log, message: x"
    text = f"""\
id: drawn
namespace: company
triggers:
  - {{id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 3 * * *"}}
tasks:
  - {{id: first, {log}}}
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {{id: left, {log}}}
      - {{id: right, {log}}}
  - id: choose
    type: io.kestra.plugin.core.flow.Switch
    value: "{{{{ inputs.x }}}}"
    cases:
      one: [{{id: chosen, {log}}}]
errors:
  - {{id: tell, {log}}}
"""
    yield client.post(f"{BASE}/graph", data=text).json


def test_the_drawing_of_a_flow_leads_from_start_to_end(drawn: dict[str, Any]) -> None:
    edges = {(edge["source"], edge["target"]): edge["relation"] for edge in drawn["edges"]}

    assert edges["root.start", "root.first"] == {"relationType": "SEQUENTIAL"}
    assert edges["root.both", "root.left"] == {"relationType": "PARALLEL"}
    assert edges["root.choose", "root.chosen"] == {"relationType": "CHOICE", "value": "one"}
    assert edges["root.start", "root.tell"] == {"relationType": "ERROR"}
    assert edges["root.choose.end", "root.end"] == {"relationType": "SEQUENTIAL"}
    assert edges["root.Triggers.daily", "root.start"] == {"relationType": "SEQUENTIAL"}


def test_the_drawing_of_a_flow_has_a_cluster_for_each_flowable(drawn: dict[str, Any]) -> None:
    clusters = {one["cluster"]["uid"]: one["nodes"] for one in drawn["clusters"]}

    assert clusters["cluster_root.both"] == [
        "root.both.start",
        "root.both",
        "root.both.end",
        "root.left",
        "root.right",
    ]
    assert drawn["flowables"] == ["root.both", "root.choose"]


def test_nodes_of_a_drawing_are_named_once(drawn: dict[str, Any]) -> None:
    uids = [node["uid"] for node in drawn["nodes"]]

    assert len(set(uids)) == len(uids)
    assert {uid for edge in drawn["edges"] for uid in (edge["source"], edge["target"])} <= set(uids)
