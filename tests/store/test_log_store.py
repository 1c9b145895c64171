"""Log lines as they come, in order, and the last of them."""

import pytest

from celeriac.store.log_store import LEVELS, LogStore
from hand_engine import HandEngine

FLOW = """
id: talks
namespace: examples.logs
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [1, 2, 3]
    tasks: [{id: say, type: io.kestra.plugin.core.log.Log, message: "said {{ taskrun.value }}"}]
"""


@pytest.fixture
def logs(on_each_database: HandEngine) -> LogStore:
    return LogStore(on_each_database.app.database)


@pytest.fixture
def talked(on_each_database: HandEngine) -> str:
    execution_id = on_each_database.start(FLOW)
    on_each_database.drain()
    return execution_id


def test_lines_come_once_in_order_of_time(logs: LogStore, talked: str) -> None:
    first, cursor = logs.news([talked], {}, 100)
    second, _ = logs.news([talked], cursor, 100)

    assert ([line.message for line in first], second) == (["said 1", "said 2", "said 3"], [])


def test_the_cursor_of_the_end_has_seen_everything(logs: LogStore, talked: str) -> None:
    assert logs.news([talked], {talked: logs.end(talked)}, 100)[0] == []


def test_attempts_that_ended_before_are_not_looked_at(
    logs: LogStore, on_each_database: HandEngine, talked: str
) -> None:
    ((ended_us,),) = on_each_database.rows("SELECT max(ended_us) FROM task_run WHERE task_id = 'say'")

    lines, _ = logs.news([talked], {}, 100, since_us=int(str(ended_us)))

    assert [line.message for line in lines] == ["said 3"]


def test_the_tail_has_the_newest_lines_in_order_of_time(logs: LogStore, talked: str) -> None:
    assert [line.message for line in logs.tail(talked, LEVELS, 2)] == ["said 2", "said 3"]
    assert logs.tail(talked, ["ERROR"], 2) == []


def test_attempts_are_in_order_of_their_first_line(logs: LogStore, talked: str) -> None:
    found = logs.written(talked, task_id="say")

    assert len(found) == 3
    assert found == sorted(found, key=lambda one: one.first_us)
    assert logs.written(talked, attempt=2) == logs.written(talked, task_id="each") == []


def test_a_text_is_found_whatever_its_case(logs: LogStore, talked: str) -> None:
    assert [line.message for line in logs.newest(talked, LEVELS, "SAID", 2)] == ["said 3", "said 2"]
    assert logs.newest(talked, LEVELS, "%", 2) == []


def test_lines_are_deleted_by_task_and_level(logs: LogStore, talked: str) -> None:
    counts = (logs.delete(talked, ["ERROR"]), logs.delete(talked, task_id="each"), logs.delete(talked, task_id="say"))

    assert counts == (0, 0, 3)
