"""engine.md §1, §2, §10: advance is optimistic, folds each fact once, and gives up a poisoned execution."""

import sqlite3

import pytest
import sqlalchemy as sa

from celeriac.core.errors import FlowNotFound
from celeriac.core.execution import Changes, Letter
from celeriac.store.visit_writer import Stale
from hand_engine import HandEngine
from threads import in_threads

FLOW = """
id: scripts
namespace: tests
tasks:
  - {id: first, type: io.kestra.plugin.core.kv.Set, key: k, value: v}
  - {id: second, type: io.kestra.plugin.core.log.Log, message: done}
"""
WIDE = """
id: wide
namespace: tests
tasks:
  - id: loop
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, 60) }}"
    concurrencyLimit: 0
    tasks:
      - {id: one, type: io.kestra.plugin.core.kv.Delete, key: "{{ taskrun.value }}"}
"""


def test_two_advances_of_one_execution_create_its_task_runs_once(on_each_database: HandEngine) -> None:
    engine = on_each_database
    execution_id = engine.start(FLOW)
    engine.publisher.jobs.clear()

    errors = in_threads(2, lambda _: engine.app.advance(execution_id))

    assert errors == []
    assert engine.rows("SELECT task_id, state FROM task_run") == [("first", "QUEUED")]
    assert [job[0] for job in engine.publisher.jobs] == ["execute", "advance"]


def test_a_visit_that_was_overtaken_writes_nothing(on_each_database: HandEngine) -> None:
    engine = on_each_database
    execution_id = engine.start(FLOW)
    slow = engine.app.surroundings.executions.load(execution_id)
    assert slow is not None
    engine.app.advance(execution_id)
    before = engine.rows("SELECT fence, state, next_seq FROM execution")

    with pytest.raises(Stale):
        engine.app.surroundings.executions.save(Changes(slow.execution, letters=[Letter(execution_id, "kill")]))

    assert before == engine.rows("SELECT fence, state, next_seq FROM execution")
    assert engine.rows("SELECT kind FROM inbox") == []


def test_an_advance_without_facts_changes_nothing(on_each_database: HandEngine) -> None:
    engine = on_each_database
    execution_id = engine.start(FLOW)
    engine.app.advance(execution_id)
    before = engine.rows("SELECT fence FROM execution")

    engine.app.advance(execution_id)

    assert before == engine.rows("SELECT fence FROM execution")


def test_eight_threads_fold_1200_facts_of_20_executions_once_each(on_each_database: HandEngine) -> None:
    engine = on_each_database
    ids = [engine.start(WIDE) for _ in range(20)]
    for execution_id in ids:
        engine.app.advance(execution_id)
    jobs = sorted(engine.take("execute"), key=lambda job: job[2])
    engine.publisher.jobs.clear()

    def work(number: int) -> None:
        for job in jobs[number::8]:
            engine.do(job)
            engine.app.advance(job[1])

    errors = in_threads(8, work)

    assert errors == []
    assert len(jobs) == 20 * 60
    assert engine.rows("SELECT state, count(*) FROM execution GROUP BY state") == [("SUCCESS", 20)]
    assert engine.rows("SELECT state, count(*) FROM task_run GROUP BY state") == [("SUCCESS", 20 * 61)]
    assert engine.rows("SELECT 1 FROM inbox") == engine.rows("SELECT 1 FROM frame") == []


def test_a_visit_that_is_always_overtaken_gives_way(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(FLOW)
    by_hand.change("CREATE TRIGGER overtaken BEFORE UPDATE OF state ON execution BEGIN SELECT RAISE(IGNORE); END")

    with pytest.raises(Stale):
        by_hand.app.advance(execution_id)

    assert by_hand.rows("SELECT state, poisoned FROM execution") == [("CREATED", 1)]
    assert by_hand.rows("SELECT kind FROM inbox") == [("start",)]


def test_an_execution_whose_visits_fail_three_times_fails_with_the_reason(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(FLOW)
    by_hand.app.advance(execution_id)
    by_hand.do(by_hand.take("execute")[0])
    by_hand.change("UPDATE execution SET flow_revision = 9")

    for _ in range(2):
        with pytest.raises(FlowNotFound):
            by_hand.app.advance(execution_id)
    by_hand.app.advance(execution_id)

    assert by_hand.rows("SELECT state, done_us IS NULL FROM execution") == [("FAILED", 0)]
    assert "has no revision 9" in str(by_hand.rows("SELECT message FROM log"))
    assert by_hand.rows("SELECT 1 FROM inbox") == by_hand.rows("SELECT 1 FROM frame") == []


def test_what_runs_in_a_poisoned_execution_is_fenced_off(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(FLOW)
    by_hand.app.advance(execution_id)
    run, _ = by_hand.claim(execution_id)
    by_hand.app.surroundings.executions.deliver([Letter(execution_id, "due", 1)])
    by_hand.change("UPDATE execution SET flow_revision = 9, poisoned = 2")

    by_hand.app.advance(execution_id)

    ((state, fence),) = by_hand.rows("SELECT state, fence FROM task_run")
    assert state == "FAILED"
    assert isinstance(fence, int) and fence > run.fence


def test_a_database_that_is_away_poisons_nothing(by_hand: HandEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    execution_id = by_hand.start(FLOW)
    store = by_hand.app.surroundings.executions

    def away(changes: Changes) -> None:
        raise sa.exc.OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", away)
        for _ in range(5):
            with pytest.raises(sa.exc.OperationalError):
                by_hand.app.advance(execution_id)

    assert by_hand.rows("SELECT state, poisoned FROM execution") == [("CREATED", 0)]
    by_hand.drain()
    assert by_hand.look(execution_id).state == "SUCCESS"
