"""engine.md §7, §8: what nobody else notices. The clock and the broker are the test's."""

from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from celeriac.core.claims import Closing
from celeriac.core.execution import Letter
from celeriac.core.state import State
from celeriac.services.sweeping import LOST_POLLS, POLL_S, Sweeper
from engine.flow_text import broken, call, flow, log, work
from hand_engine import HandEngine
from postgres_server import POSTGRES


@dataclass
class FakeQueue:
    """Implements `services.sweeping.Queue`."""

    empty: bool = True
    data: str | None = "a"

    def is_empty(self) -> bool:
        return self.empty

    def incarnation(self) -> str | None:
        return self.data


@dataclass
class Sweep:
    """A sweeper whose time passes by polls."""

    engine: HandEngine
    queue: FakeQueue = field(default_factory=FakeQueue)
    gone: set[int] = field(default_factory=set)
    time_s: float = 0.0

    def __post_init__(self) -> None:
        self.sweeper = Sweeper(
            self.engine.app.sweep_store,
            self.engine.publisher,
            self.queue,
            lambda _, pid: pid in self.gone,
            lambda: self.time_s,
        )

    def poll(self, times: int = 1) -> None:
        for _ in range(times):
            self.sweeper.step()
            self.time_s += POLL_S


@pytest.fixture
def sweep(by_hand: HandEngine) -> Sweep:
    by_hand.app.workers.register("me", "main", "here", 1, [])
    return Sweep(by_hand)


def started(engine: HandEngine, *tasks: str) -> str:
    execution_id = engine.start(flow(f"tasks: [{', '.join(tasks)}]"))
    engine.drain_advances()
    engine.publisher.jobs.clear()
    return execution_id


def lose(sweep: Sweep, execution_id: str, owner: str) -> None:
    """A worker takes what waits and is never seen again."""
    app = sweep.engine.app
    app.workers.register(owner, "main", "elsewhere", 7, [])
    ((seq, attempt),) = sweep.engine.rows("SELECT seq, attempt FROM task_run WHERE state = 'QUEUED'")
    assert isinstance(seq, int) and isinstance(attempt, int)
    sweep.engine.claim(execution_id, seq, attempt, owner)
    for _ in range(LOST_POLLS + 1):
        app.workers.beat("me")
        sweep.poll()
    sweep.engine.drain_advances()


def test_what_a_worker_without_a_beat_ran_starts_again(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"))

    lose(sweep, execution_id, "gone")
    sweep.engine.drain()

    assert sweep.engine.look(execution_id).attempts_of("a") == ["LOST", "SUCCESS"]
    assert sweep.engine.rows("SELECT id FROM worker") == [("me",)]


def test_a_worker_that_beats_keeps_its_work(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"))
    sweep.engine.claim(execution_id)

    for _ in range(3 * LOST_POLLS):
        sweep.engine.app.workers.beat("me")
        sweep.poll()

    assert sweep.engine.rows("SELECT state, owner FROM task_run") == [("RUNNING", "me")]


def test_a_worker_whose_process_has_ended_is_lost_at_once(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"))
    sweep.engine.claim(execution_id)
    sweep.gone.add(1)

    sweep.poll(2)

    assert sweep.engine.rows("SELECT state FROM task_run") == [("LOST",)]


def test_a_task_run_that_loses_three_workers_fails(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"), log("never"))

    for owner in ("one", "two", "three"):
        lose(sweep, execution_id, owner)

    ended = sweep.engine.look(execution_id)
    assert (ended.state, ended.states, ended.attempts_of("a")) == ("FAILED", [("a", "FAILED")], ["LOST"] * 3)
    assert "worker lost 3 times" in ended.messages


def test_a_lost_attempt_does_not_count_as_a_try(sweep: Sweep) -> None:
    retry = "retry: {type: constant, interval: PT0.01S, maxAttempts: 2}"
    execution_id = started(sweep.engine, broken("a", retry))

    lose(sweep, execution_id, "gone")
    ended = sweep.engine.wait(execution_id)

    assert ended.attempts_of("a") == ["LOST", "FAILED", "FAILED"]


def test_a_task_run_that_is_to_be_killed_is_killed_with_its_worker(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"))
    sweep.engine.claim(execution_id)
    sweep.engine.app.executions.kill(execution_id)
    sweep.engine.drain()
    sweep.gone.add(1)

    sweep.poll(2)
    sweep.engine.drain()

    assert sweep.engine.look(execution_id).states == [("a", "KILLED")]
    assert sweep.engine.look(execution_id).state == "KILLED"


def test_what_a_worker_without_a_row_owns_is_lost(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"))
    sweep.engine.claim(execution_id, owner="never registered")

    sweep.poll()

    assert sweep.engine.rows("SELECT state FROM task_run") == [("LOST",)]


def test_facts_that_nobody_folds_are_folded_after_five_seconds(sweep: Sweep) -> None:
    execution_id = sweep.engine.start(flow(f"tasks: [{log('a')}]"))
    sweep.engine.publisher.jobs.clear()

    sweep.poll()
    assert not sweep.engine.publisher.jobs

    sweep.engine.change("UPDATE inbox SET at_us = at_us - 6000000")
    sweep.poll()
    sweep.engine.drain()
    assert sweep.engine.look(execution_id).state == "SUCCESS"


def test_a_message_that_is_gone_is_sent_again_with_its_chain(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"), work("b"))
    sweep.engine.change("UPDATE task_run SET published_us = published_us - 3000000 WHERE seq = 1")

    sweep.poll()
    sweep.poll()

    assert [job[2] for job in sweep.engine.take("execute")] == [1, 2]
    sweep.engine.do(("execute", execution_id, 1, 1))


def test_nothing_is_sent_again_while_messages_wait(sweep: Sweep) -> None:
    started(sweep.engine, work("a"))
    sweep.engine.change("UPDATE task_run SET published_us = published_us - 60000000")
    sweep.queue.empty = False

    sweep.poll(3)

    assert not sweep.engine.publisher.jobs


def test_everything_is_sent_again_when_the_broker_has_lost_its_memory(sweep: Sweep) -> None:
    started(sweep.engine, work("a"))
    sweep.poll()
    sweep.queue.empty, sweep.queue.data = False, "b"

    sweep.poll()

    assert [job[2] for job in sweep.engine.take("execute")] == [1]


def test_an_execution_that_nothing_can_end_fails(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"))
    sweep.engine.change("UPDATE task_run SET state = 'SUCCESS'")
    sweep.engine.change("UPDATE execution SET created_us = created_us - 61000000")

    sweep.poll()

    ended = sweep.engine.look(execution_id)
    assert ended.state == "FAILED"
    assert [message for message in ended.messages if "nothing that could end" in message]


def test_the_parent_of_an_execution_that_nothing_can_end_goes_on(sweep: Sweep) -> None:
    sweep.engine.register(flow(f"tasks: [{work('a')}]", "stuck"))
    parent_id = started(sweep.engine, call("stuck"))
    sweep.engine.change("UPDATE task_run SET state = 'SUCCESS' WHERE task_id = 'a'")
    sweep.engine.change("UPDATE execution SET created_us = created_us - 61000000")

    sweep.poll()
    sweep.engine.drain()

    assert sweep.engine.look(parent_id).state == "FAILED"


@pytest.mark.parametrize("on_each_database", [POSTGRES], indirect=True)
def test_a_result_that_comes_while_its_worker_is_given_up_counts(on_each_database: HandEngine) -> None:
    """Only where another transaction can come in between: SQLite has one writer."""
    engine = on_each_database
    execution_id = started(engine, work("a"))
    engine.app.workers.register("slow", "main", "elsewhere", 1, [])
    run, _ = engine.claim(execution_id, owner="slow")
    closing = Closing(State.SUCCESS, None, None, None, (), (), Letter(execution_id, "ended", run.seq), promote=False)

    def close_first(connection: sa.Connection, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE task_run") and not closed:
            closed.append(True)
            assert engine.app.claims.close(execution_id, run, closing)

    closed: list[bool] = []
    sa.event.listen(engine.app.database.writer, "before_cursor_execute", close_first)
    engine.app.sweep_store.lose_worker("slow")
    sa.event.remove(engine.app.database.writer, "before_cursor_execute", close_first)
    engine.drain()

    assert closed
    assert engine.look(execution_id).attempts_of("a") == ["SUCCESS"]


def test_what_a_cell_left_behind_is_killed(sweep: Sweep) -> None:
    execution_id = started(sweep.engine, work("a"), work("b"))
    sweep.engine.claim(execution_id)

    assert sweep.engine.app.executions.kill_cell("main") == [execution_id]

    ended = sweep.engine.look(execution_id)
    assert (ended.state, ended.states) == ("KILLED", [("a", "KILLED")])
    assert sweep.engine.rows("SELECT 1 FROM frame") == sweep.engine.rows("SELECT 1 FROM inbox") == []
