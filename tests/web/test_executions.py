"""Finding and reading executions over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from celeriac.services import listing
from hand_engine import HandEngine

FLOW = """
id: hello
namespace: examples.web
inputs:
  - {id: token, type: SECRET, defaults: very-secret-token}
tasks:
  - {id: one, type: io.kestra.plugin.core.debug.Return, format: "got {{ inputs.token }}"}
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: two, type: io.kestra.plugin.core.debug.Return, format: two}
      - {id: three, type: io.kestra.plugin.core.execution.Fail}
outputs:
  - {id: shown, type: STRING, value: "{{ inputs.token }}"}
"""
OTHER = "{id: other, namespace: examples.web.sub, tasks: [{id: a, type: io.kestra.plugin.core.log.Log, message: a}]}"
SEARCH = "/api/v1/main/executions/search"


@pytest.fixture
def ended(by_hand: HandEngine) -> str:
    """An execution that has failed."""
    execution_id = by_hand.start(FLOW, labels={"team": "data"})
    by_hand.drain()
    return execution_id


@pytest.fixture
def created(by_hand: HandEngine, ended: str) -> str:
    """A later execution of another flow that has not begun."""
    return by_hand.start(OTHER)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["results"]]


def test_a_list_has_executions_without_their_task_runs(api: FlaskClient, ended: str) -> None:
    answer = api.get(SEARCH).json

    assert (answer["total"], answer["cursor"], "totalCapped" in answer) == (1, None, False)
    assert (answer["results"][0]["id"], answer["results"][0]["state"]["current"]) == (ended, "FAILED")
    assert "taskRunList" not in answer["results"][0]


@pytest.mark.parametrize(
    "query",
    [
        "namespace=examples.web.sub", "flowId=other", "state=CREATED&state=RUNNING", "q=oth", "page=1&size=1",
        "sort=state.startDate:desc&size=1", "sort=id:desc&size=1", "filters[state][IN]=CREATED,RUNNING",
        "filters[flowId][EQUALS]=other", "filters[namespace][PREFIX]=examples.web.sub", "filters[state][NOT_IN]=FAILED",
        "filters[namespace][EQUALS]=examples.web.sub", "filters[q][EQUALS]=other",
    ],
)  # fmt: skip
def test_filters_of_old_and_new_clients_find_the_same(api: FlaskClient, created: str, query: str) -> None:
    assert ids(api.get(f"{SEARCH}?{query}")) == [created]


@pytest.mark.parametrize(
    "query",
    [
        "labels=team:data", "filters[labels][EQUALS][team]=data", "state=FAILED", "page=2&size=1",
        "namespace=examples.web&flowId=hello", "childFilter=MAIN&timeRange=PT1H&state=FAILED",
        "filters[timeRange][EQUALS]=PT1H&filters[state][EQUALS]=FAILED",
    ],
)  # fmt: skip
def test_filters_leave_others_out(api: FlaskClient, ended: str, created: str, query: str) -> None:
    assert ids(api.get(f"{SEARCH}?{query}")) == [ended]


@pytest.mark.parametrize(
    "query",
    [
        "startDate=2099-01-01T00:00:00Z", "endDate=2000-01-01T00:00:00", "childFilter=CHILD", "scope=SYSTEM",
        "labels=team:other", "triggerExecutionId=x",
        "filters[startDate][GREATER_THAN_OR_EQUAL_TO]=2099-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_filters_may_find_nothing(api: FlaskClient, ended: str, query: str) -> None:
    assert ids(api.get(f"{SEARCH}?{query}")) == []


@pytest.mark.parametrize(
    "query",
    [
        "state=NOPE", "labels=x", "size=1001", "size=0", "page=0", "sort=secret", "startDate=soon", "timeRange=soon",
        "filters[nope][EQUALS]=1", "filters[state][EQUALS]=NOPE", "filters[startDate][LESS_THAN]=x", "filters[x",
    ],
)  # fmt: skip
def test_filters_that_make_no_sense_are_refused(api: FlaskClient, query: str) -> None:
    assert api.get(f"{SEARCH}?{query}").status_code == 422


def test_pages_beyond_the_window_ask_for_a_cursor(api: FlaskClient) -> None:
    answer = api.get(f"{SEARCH}?page=101&size=100")

    assert answer.status_code == 409
    assert "cursor" in answer.json["detail"]


def test_a_list_goes_on_by_its_cursor(api: FlaskClient, ended: str, created: str) -> None:
    first = api.get(f"{SEARCH}?size=1").json
    second = api.get(f"{SEARCH}?size=1&cursor={first['cursor']}").json

    assert [one["id"] for one in first["results"] + second["results"]] == [created, ended]


def test_the_executions_of_a_flow_are_listed(api: FlaskClient, ended: str, created: str) -> None:
    assert ids(api.get("/api/v1/executions?namespace=examples.web&flowId=hello")) == [ended]


def test_the_last_executions_of_flows_are_told(api: FlaskClient, created: str) -> None:
    body = [{"namespace": "examples.web.sub", "id": "other"}, {"namespace": "x", "flowId": "nope"}]

    answer = api.post("/api/v1/main/executions/latest", json=body).json

    assert [(one["id"], one["flowId"], one["status"]) for one in answer] == [(created, "other", "CREATED")]


def test_an_execution_has_its_flow_and_a_graph_with_states(api: FlaskClient, ended: str) -> None:
    flow = api.get(f"/api/v1/executions/{ended}/flow").json
    graph = api.get(f"/api/v1/executions/{ended}/graph").json

    assert (flow["id"], flow["revision"], flow["tasks"][0]["id"]) == ("hello", 1, "one")
    assert {"nodes", "edges", "clusters", "flowables"} <= set(graph)
    assert graph["taskRuns"]["three"][0]["state"]["current"] == "FAILED"


def test_task_runs_come_level_by_level(api: FlaskClient, ended: str) -> None:
    path = f"/api/v1/executions/{ended}/taskruns"
    top = api.get(path).json
    below = api.get(f"{path}?parent={top['results'][1]['id']}&state=FAILED").json

    assert ([run["taskId"] for run in top["results"]], top["total"], top["cursor"]) == (["one", "all"], 4, None)
    assert [run["taskId"] for run in below["results"]] == ["three"]


def test_task_runs_come_page_by_page(api: FlaskClient, ended: str) -> None:
    path = f"/api/v1/executions/{ended}/taskruns?size=1"
    first = api.get(path).json

    assert [run["taskId"] for run in api.get(f"{path}&cursor={first['cursor']}").json["results"]] == ["all"]


def test_outputs_are_told_for_the_execution_and_each_task_run(api: FlaskClient, ended: str) -> None:
    places = api.get(f"/api/v1/outputs/tasks/{ended}").json
    first = next(one for one in places if one["taskId"] == "one")

    assert api.get(f"/api/v1/outputs/tasks/{ended}/{first['taskRunId']}").json == {"value": "got ******"}
    assert api.get(f"/api/v1/outputs/executions/{ended}").status_code == 200


def test_outputs_that_are_too_large_together_have_to_be_asked_for(
    api: FlaskClient, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("celeriac.web.execution_answers.MOST_OUTPUTS", 35)

    one, _, two, _ = api.get(f"/api/v1/executions/{ended}").json["taskRunList"]

    assert (one["outputs"], two["outputs"], two["outputsOmitted"]) == ({"value": "got ******"}, None, True)
    assert api.get(f"/api/v1/outputs/tasks/{ended}/{two['id']}").json == {"value": "two"}


@pytest.mark.parametrize(
    "path",
    [
        "executions/{id}", "executions/{id}/flow", "executions/{id}/graph", "executions/{id}/taskruns",
        "outputs/tasks/{id}", "outputs/executions/{id}", "metrics/{id}",
    ],
)  # fmt: skip
def test_an_execution_that_is_not_there_is_404(api: FlaskClient, path: str) -> None:
    assert api.get("/api/v1/" + path.format(id="nope")).status_code == 404


def test_a_task_run_that_is_not_there_is_404(api: FlaskClient, ended: str) -> None:
    assert api.get(f"/api/v1/executions/{ended}/taskruns?parent=nope").status_code == 404
    assert api.get(f"/api/v1/outputs/tasks/{ended}/nope").status_code == 404


def test_an_execution_whose_flow_cannot_be_read_any_more_is_listed_without_its_values(
    api: FlaskClient, by_hand: HandEngine, ended: str
) -> None:
    by_hand.change("UPDATE flow SET source = 'id: hello'")
    by_hand.app.__dict__.pop("flows", None)
    by_hand.app.__dict__.pop("views", None)
    by_hand.app.__dict__.pop("listing", None)

    answer = api.get(SEARCH)

    assert ids(answer) == [ended]
    assert answer.json["results"][0]["inputs"] == {"token": "******"}


def test_nothing_that_is_read_shows_a_secret(api: FlaskClient, by_hand: HandEngine, ended: str) -> None:
    task_run = by_hand.look(ended).run("one")["id"]
    paths = (
        "executions/search", f"executions/{ended}", f"executions/{ended}/taskruns", f"executions/{ended}/graph",
        f"outputs/executions/{ended}", f"outputs/tasks/{ended}/{task_run}", f"logs/{ended}", f"metrics/{ended}",
    )  # fmt: skip

    texts = {path: api.get(f"/api/v1/{quote(path)}").text for path in paths}

    assert [path for path, text in texts.items() if "very-secret-token" in text] == []


def test_a_count_beyond_the_window_is_capped(api: FlaskClient, created: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LARGEST_WINDOW", 1)
    monkeypatch.setattr("celeriac.store.list_store.LARGEST_WINDOW", 1)

    answer = api.get(f"{SEARCH}?size=1").json

    assert (answer["total"], answer["totalCapped"]) == (1, True)
