"""engine.md §3: the task run row is the only gate between kill, duplicates, lost workers and the work itself."""

import itertools

import pytest

from celeriac.core.claims import Closing
from celeriac.core.execution import Letter, LogLine
from celeriac.core.state import State
from hand_engine import HandEngine
from threads import in_threads

SET = "{id: first, type: io.kestra.plugin.core.kv.Set, key: k, value: v}"
ONE = f"""
id: one
namespace: tests
tasks:
  - {SET}
"""
THREE = f"""
id: three
namespace: tests
tasks:
  - {SET}
  - {{id: second, type: io.kestra.plugin.core.kv.Set, key: k, value: w}}
  - {{id: third, type: io.kestra.plugin.core.kv.Set, key: k, value: x}}
"""


def closing(execution_id: str, state: State = State.SUCCESS, *, promote: bool = False) -> Closing:
    return Closing(
        state=state,
        attempt_state=None,
        outputs={"a": 1},
        outputs_uri=None,
        logs=[LogLine(1, 1, 0, "INFO", "said", 1)],
        metrics=[],
        letter=Letter(execution_id, "ended", 1),
        promote=promote,
    )


def test_an_attempt_is_claimed_once(on_each_database: HandEngine) -> None:
    engine = on_each_database
    execution_id = engine.start(ONE)
    engine.app.advance(execution_id)
    claimed = []

    in_threads(4, lambda n: claimed.append(engine.app.claims.claim(execution_id, 1, 1, f"worker {n}")))

    assert len([one for one in claimed if one is not None]) == 1


def test_no_task_run_runs_in_a_killed_execution_however_claim_and_kill_overlap(on_each_database: HandEngine) -> None:
    engine = on_each_database
    for _ in range(40):
        execution_id = engine.start(ONE)
        engine.app.advance(execution_id)
        engine.app.executions.kill(execution_id)
        claimed = []

        def work(number: int, execution_id: str = execution_id, claimed: list[object] = claimed) -> None:
            if number:
                engine.app.advance(execution_id)
            elif engine.app.claims.claim(execution_id, 1, 1, "me"):
                claimed.append(execution_id)

        assert in_threads(2, work) == []

        ((execution, run),) = engine.rows(
            "SELECT e.state, r.state FROM execution e JOIN task_run r ON r.execution_id = e.id WHERE e.id = :x",
            x=execution_id,
        )
        assert (execution, run) == (("KILLING", "KILLING") if claimed else ("KILLED", "KILLED"))


def test_messages_that_arrive_twice_run_each_attempt_once(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(THREE)

    by_hand.drain(copies=2)

    ended = by_hand.look(execution_id)
    assert ended.state == "SUCCESS"
    assert by_hand.rows("SELECT task_id, state, attempt, fence FROM task_run ORDER BY seq") == [
        ("first", "SUCCESS", 1, 1),
        ("second", "SUCCESS", 1, 1),
        ("third", "SUCCESS", 1, 1),
    ]
    assert by_hand.rows("SELECT version FROM key_value") == [(3,)]


def test_the_job_of_an_earlier_attempt_does_nothing(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(ONE)
    by_hand.app.advance(execution_id)
    by_hand.change("UPDATE task_run SET attempt = 2")

    by_hand.do(("execute", execution_id, 1, 1))

    assert by_hand.rows("SELECT state FROM task_run") == [("QUEUED",)]


def test_the_close_of_an_attempt_that_was_taken_away_leaves_nothing(on_each_database: HandEngine) -> None:
    engine = on_each_database
    execution_id = engine.start(THREE)
    engine.app.advance(execution_id)
    run, _ = engine.claim(execution_id)
    engine.change("UPDATE task_run SET fence = fence + 1 WHERE seq = 1")

    closed = engine.app.claims.close(execution_id, run, closing(execution_id, promote=True))

    assert not closed
    assert engine.rows("SELECT state FROM task_run ORDER BY seq") == [("RUNNING",), ("PLANNED",), ("PLANNED",)]
    assert engine.rows("SELECT 1 FROM log") == engine.rows("SELECT 1 FROM inbox") == []


def test_a_worker_that_is_lost_twice_is_fenced_off_by_each_later_owner(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(ONE)
    by_hand.app.advance(execution_id)
    by_hand.app.workers.register("gone", "main", "elsewhere", 1, [])
    run, _ = by_hand.claim(execution_id, owner="gone")
    by_hand.app.sweep_store.lose_worker("gone")
    by_hand.drain()

    closed = by_hand.app.claims.close(execution_id, run, closing(execution_id, State.FAILED))

    assert not closed
    assert by_hand.look(execution_id).attempts_of("first") == ["LOST", "SUCCESS"]


def test_a_member_of_a_chain_runs_only_after_the_one_before(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(THREE)
    by_hand.app.advance(execution_id)
    jobs = by_hand.take("execute")

    for job in (jobs[2], jobs[1], jobs[0], jobs[2], jobs[1], jobs[2]):
        by_hand.do(job)

    assert [job[2] for job in jobs] == [1, 2, 3]
    assert by_hand.rows("SELECT state, fence FROM task_run ORDER BY seq") == [("SUCCESS", 1)] * 3


def test_a_kill_erases_what_a_chain_had_only_planned(on_each_database: HandEngine) -> None:
    engine = on_each_database
    execution_id = engine.start(THREE)
    engine.app.advance(execution_id)

    engine.app.executions.kill(execution_id)
    engine.drain()

    assert engine.look(execution_id).states == [("first", "KILLED")]
    assert engine.rows("SELECT count(*) FROM task_run") == [(1,)]


@pytest.mark.parametrize("end", [State.SUCCESS, State.FAILED])
@pytest.mark.parametrize("order", list(itertools.permutations(["close", "kill", "advance"])))
def test_a_kill_ends_an_execution_whenever_and_however_its_task_run_ends(
    by_hand: HandEngine, order: tuple[str, ...], end: State
) -> None:
    execution_id = by_hand.start(THREE)
    by_hand.app.advance(execution_id)
    run, _ = by_hand.claim(execution_id)
    promote = end is State.SUCCESS
    steps = {
        "close": lambda: by_hand.app.claims.close(execution_id, run, closing(execution_id, end, promote=promote)),
        "kill": lambda: by_hand.app.surroundings.executions.deliver([Letter(execution_id, "kill")]),
        "advance": lambda: by_hand.app.advance(execution_id),
    }

    for step in order:
        steps[step]()
    by_hand.take("execute")
    by_hand.app.advance(execution_id)

    assert by_hand.rows("SELECT done_us IS NOT NULL FROM execution") == [(1,)]
    assert by_hand.rows("SELECT 1 FROM task_run WHERE state NOT IN ('SUCCESS', 'FAILED', 'KILLED')") == []
    assert by_hand.rows("SELECT 1 FROM frame") == by_hand.rows("SELECT 1 FROM inbox") == []


def test_a_kill_ends_a_flowable_whose_properties_a_worker_has_rendered(by_hand: HandEngine) -> None:
    condition = "condition: \"{{ fileExists('x.txt') }}\""
    task = f"{{id: if, type: io.kestra.plugin.core.flow.If, {condition}, then: [{SET}]}}"
    execution_id = by_hand.start(f"id: asks\nnamespace: tests\ntasks: [{task}]")
    by_hand.drain_advances()
    (job,) = by_hand.take("execute")
    by_hand.do(job)
    assert by_hand.rows("SELECT state, owner FROM task_run") == [("RUNNING", None)]

    by_hand.app.executions.kill(execution_id)
    by_hand.drain()

    assert (by_hand.look(execution_id).state, by_hand.look(execution_id).states) == ("KILLED", [("if", "KILLED")])
