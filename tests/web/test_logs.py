"""Logs over HTTP: of one execution, across executions, as text, and without."""

import pytest
from flask.testing import FlaskClient

from hand_engine import HandEngine

FLOW = """
id: talks
namespace: examples.web
inputs:
  - {id: token, type: SECRET, defaults: very-secret-token}
tasks:
  - {id: one, type: io.kestra.plugin.core.log.Log, message: "first {{ inputs.token }}", level: WARN}
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: two, type: io.kestra.plugin.core.log.Log, message: ["second", "third"]}
      - {id: four, type: io.kestra.plugin.core.log.Log, message: "Über 100%", level: ERROR}
"""


@pytest.fixture
def talked(by_hand: HandEngine) -> str:
    execution_id = by_hand.start(FLOW)
    by_hand.drain()
    return execution_id


def messages(api: FlaskClient, path: str) -> list[str]:
    answer = api.get(f"/api/v1/main/logs/{path}")
    assert answer.status_code == 200, answer.text
    lines = answer.json["results"] if isinstance(answer.json, dict) else answer.json
    return [line["message"] for line in lines]


def test_the_lines_of_an_execution_come_in_order_of_time(api: FlaskClient, talked: str) -> None:
    assert messages(api, talked) == ["first ******", "second", "third", "Über 100%"]


def test_a_line_says_who_wrote_it(api: FlaskClient, by_hand: HandEngine, talked: str) -> None:
    line = api.get(f"/api/v1/logs/{talked}").json[0]

    assert (line["executionId"], line["flowId"], line["taskId"]) == (talked, "talks", "one")
    assert (line["taskRunId"], line["attemptNumber"]) == (by_hand.look(talked).run("one")["id"], 0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("minLevel=WARN", ["first ******", "Über 100%"]),
        ("minLevel=ERROR", ["Über 100%"]),
        ("taskId=two", ["second", "third"]),
        ("taskId=two&minLevel=WARN", []),
        ("attempt=0&taskId=one", ["first ******"]),
        ("attempt=1", []),
        ("taskId=nope", []),
    ],
)
def test_lines_are_filtered(api: FlaskClient, talked: str, query: str, found: list[str]) -> None:
    assert messages(api, f"{talked}?{query}") == found


def test_the_lines_of_a_task_run_are_told(api: FlaskClient, by_hand: HandEngine, talked: str) -> None:
    task_run = by_hand.look(talked).run("two")["id"]

    assert messages(api, f"{talked}?taskRunId={task_run}") == ["second", "third"]
    assert api.get(f"/api/v1/logs/{talked}?taskRunId=nope").status_code == 404


def test_many_lines_of_attempts_that_wrote_together_stay_in_order(
    api: FlaskClient, by_hand: HandEngine, talked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("celeriac.services.logs._BATCH", 3)
    by_hand.change("DELETE FROM log")
    for number in range(40):
        by_hand.change(
            "INSERT INTO log (execution_id, seq, attempt, line, level, message, at_us)"
            " VALUES (:x, :s, 1, :n, 'INFO', :m, :n)",
            x=talked, s=1 + number % 3, n=number, m=str(number),
        )  # fmt: skip

    assert messages(api, talked) == [str(number) for number in range(40)]


def test_lines_are_downloaded_as_text(api: FlaskClient, talked: str) -> None:
    answer = api.get(f"/api/v1/logs/{talked}/download?minLevel=WARN")

    first, second = answer.text.splitlines()
    assert first.endswith(" WARN  [one] first ******")
    assert second.endswith(" ERROR [four] Über 100%")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{talked}.log"'
    assert answer.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("minLevel=ERROR", ["Über 100%"]),
        ("q=SECOND", ["second"]),
        ("q=100%25", ["Über 100%"]),
        ("q=%25&flowId=talks", ["Über 100%"]),
        ("namespace=other", []),
        ("size=1&page=2&minLevel=WARN", ["first ******"]),
        ("filters[level][EQUALS]=ERROR", ["Über 100%"]),
        ("filters[q][CONTAINS]=third&filters[namespace][PREFIX]=examples", ["third"]),
        ("executionId=nope", []),
    ],
)
def test_lines_are_searched_across_executions(api: FlaskClient, talked: str, query: str, found: list[str]) -> None:
    assert messages(api, f"search?{query}") == found


def test_a_search_can_be_of_one_execution(api: FlaskClient, by_hand: HandEngine, talked: str) -> None:
    by_hand.start(FLOW)
    by_hand.drain()

    assert messages(api, f"search?executionId={talked}&minLevel=ERROR") == ["Über 100%"]


def test_a_search_that_stops_early_says_so(api: FlaskClient, talked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celeriac.services.logs.SEARCH_S", -1)

    assert api.get("/api/v1/logs/search").json == {"results": [], "total": 0, "totalCapped": True}


@pytest.mark.parametrize("query", ["minLevel=LOUD", "attempt=-1", "attempt=x"])
def test_filters_that_make_no_sense_are_refused(api: FlaskClient, talked: str, query: str) -> None:
    assert api.get(f"/api/v1/logs/{talked}?{query}").status_code == 422


def test_lines_are_removed(api: FlaskClient, talked: str) -> None:
    assert api.delete(f"/api/v1/logs/{talked}?taskId=two").status_code == 204
    assert messages(api, talked) == ["first ******", "Über 100%"]
    assert api.delete(f"/api/v1/logs/{talked}").status_code == 204
    assert messages(api, talked) == []


@pytest.mark.parametrize("path", ["nope", "nope/download"])
def test_an_execution_that_is_not_there_is_404(api: FlaskClient, path: str) -> None:
    assert api.get(f"/api/v1/logs/{path}").status_code == 404
    assert api.delete("/api/v1/logs/nope").status_code == 404
