"""What can be watched: no change is lost when the database goes away amid a look."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from celeriac.services.live_topics import ExecutionsTopic, ExecutionTopic
from celeriac.store.live_store import LiveStore
from hand_engine import HandEngine

FLOW = """
id: greeting
namespace: tests
tasks:
  - {id: hello, type: io.kestra.plugin.core.log.Log, message: hello}
"""


class AwayAt:
    """Stands before another object; a call of `name` fails as long as `is_away`."""

    def __init__(self, other: Any, name: str) -> None:
        self._other = other
        self._name = name
        self.is_away = False

    def __getattr__(self, name: str) -> Any:
        if name == self._name and self.is_away:
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return getattr(self._other, name)


@pytest.fixture
def engine(by_hand: HandEngine) -> HandEngine:
    by_hand.register(FLOW)
    return by_hand


def look_twice(topic: Any, away: AwayAt) -> list[dict[str, Any]]:
    """What a look brings after one that has failed."""
    away.is_away = True
    with pytest.raises(OperationalError):
        topic.changes()
    away.is_away = False
    found: list[dict[str, Any]] = topic.changes()
    return found


def test_the_end_of_an_execution_is_told_after_a_look_that_failed(engine: HandEngine) -> None:
    views = AwayAt(engine.app.views, "runs_by_seq")
    execution_id = engine.app.executions.start("tests", "greeting")
    topic = ExecutionTopic("x", LiveStore(engine.app.database), views, execution_id)  # type: ignore[arg-type] # as Views
    topic.everything()
    engine.drain()

    (told,) = look_twice(topic, views)

    assert told["execution"]["state"]["current"] == "SUCCESS"
    assert [run["taskId"] for run in told["taskRuns"]] == ["hello"]


def test_a_restart_is_told_after_a_look_that_failed(engine: HandEngine) -> None:
    engine.register(FLOW.replace("log.Log, message: hello", "execution.Fail"))
    views = AwayAt(engine.app.views, "runs_by_seq")
    execution_id = engine.app.executions.start("tests", "greeting")
    engine.drain()
    topic = ExecutionTopic("x", LiveStore(engine.app.database), views, execution_id)  # type: ignore[arg-type] # as Views
    topic.everything()
    engine.app.executions.restart(execution_id)
    engine.drain()

    (told,) = look_twice(topic, views)

    assert told["complete"]
    assert [run["taskId"] for run in told["taskRuns"]] == ["hello"]


def test_new_executions_are_told_after_a_look_that_failed(engine: HandEngine) -> None:
    live = AwayAt(LiveStore(engine.app.database), "newer")
    topic = ExecutionsTopic(live)  # type: ignore[arg-type] # as LiveStore
    topic.everything()
    execution_id = engine.app.executions.start("tests", "greeting")
    topic.changes()
    engine.drain()

    (told,) = look_twice(topic, live)

    assert told["changed"] == [execution_id]
