"""What is left of a chain, as Celery keeps it in a job's request."""

from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Reject

from celeriac.dispatch.app import ADVANCE, EXECUTE, SUBMIT, make_celery
from celeriac.settings import Settings
from celeriac.wiring import build
from celeriac_workers import jobs
from celeriac_workers.jobs import ChainRest, add_submit, advance_each


def link(seq: int, task: str = EXECUTE, execution_id: str = "x") -> dict[str, Any]:
    return {"task": task, "args": [execution_id, seq, 1]}


def test_the_last_link_stays_for_celery_for_a_chord_counts_the_end_of_its_job() -> None:
    assert not ChainRest("x", [link(2)]).may_take(2)


def test_the_next_link_may_be_taken_and_is_then_not_sent() -> None:
    links = [link(3), link(2)]
    rest = ChainRest("x", links)

    assert rest.may_take(2)
    rest.take()

    assert links == [link(3)]


@pytest.mark.parametrize(
    "links",
    [
        None,
        [],
        [link(4), link(3)],
        [link(3), link(2, execution_id="y")],
        [link(3), {"task": ADVANCE, "args": ["x"]}],
    ],
)
def test_a_link_that_is_not_the_next_task_run_stays(links: list[Any] | None) -> None:
    assert not ChainRest("x", links).may_take(2)


def test_after_its_time_a_job_leaves_the_rest_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RUN_ON_S", -1.0)

    assert not ChainRest("x", [link(3), link(2)]).may_take(2)


def test_an_execution_that_cannot_be_advanced_does_not_keep_others_from_it() -> None:
    done: list[str] = []

    def advance(execution_id: str) -> None:
        if execution_id == "b":
            raise ValueError("broken")
        done.append(execution_id)

    with pytest.raises(ValueError, match="broken"):
        advance_each(advance, ["a", "b", "c"], again=done.extend)

    assert done == ["a", "c"]


def test_executions_that_must_wait_too_long_are_left_to_another_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "GROUP_S", -1.0)
    advanced: list[str] = []
    left: list[str] = []

    advance_each(advanced.append, ["a", "b", "c"], again=left.extend)

    assert (advanced, left) == (["a"], ["b", "c"])


def test_a_submission_goes_back_into_its_queue_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/no/such/folder.db"
    app = build(Settings.from_environ({"CELERIAC_HOME": str(tmp_path), "CELERIAC_DATABASE_URL": url}))
    celery = make_celery("memory://", "cache+memory://")
    add_submit(celery, app.submissions)
    monkeypatch.setattr(jobs, "AWAY_S", 0.0)

    with pytest.raises(Reject) as rejected:
        celery.tasks[SUBMIT].run({"namespace": "company.team", "flowId": "greeting"})

    assert rejected.value.requeue
