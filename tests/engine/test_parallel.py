"""Parallel: children side by side, the first failure ends it at once."""

from engine.flow_text import broken, fail, flow, log, work
from hand_engine import HandEngine
from real_engine import RealEngine

PARALLEL = "io.kestra.plugin.core.flow.Parallel"
SEQUENTIAL = "io.kestra.plugin.core.flow.Sequential"
SLEEP = "io.kestra.plugin.core.flow.Sleep"


def parallel(*tasks: str, more: str = "") -> str:
    return f"{{id: p, type: {PARALLEL}, tasks: [{', '.join(tasks)}]{more and ', '}{more}}}"


def test_all_children_are_published_in_one_chord(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{parallel(work('a'), work('b'), work('c'))}]"))

    by_hand.app.advance(execution_id)

    (fan,) = by_hand.publisher.fans_published
    assert fan.join
    assert [[run.task_id for run in segment] for segment in fan.segments] == [["a"], ["b"], ["c"]]


def test_no_more_children_run_at_once_than_allowed(by_hand: HandEngine) -> None:
    tasks = [work(f"t{n}") for n in range(6)]
    execution_id = by_hand.start(flow(f"tasks: [{parallel(*tasks, more='concurrent: 2')}]"))
    most = 0

    by_hand.app.advance(execution_id)
    while jobs := by_hand.take("execute"):
        most = max(most, len(jobs))
        for job in jobs:
            by_hand.do(job)
        by_hand.publisher.advance([execution_id])
        by_hand.drain_advances()

    assert most == 2
    assert by_hand.look(execution_id).state == "SUCCESS"


def test_a_failure_closes_children_that_wait_or_run_and_starts_no_other(by_hand: HandEngine) -> None:
    children = [broken("bad"), f"{{id: s, type: {SEQUENTIAL}, tasks: [{work('one')}, {work('two')}]}}"]
    execution_id = by_hand.start(flow(f"tasks: [{parallel(*children)}]"))

    by_hand.drain()

    ended = by_hand.look(execution_id)
    assert ended.state == "FAILED"
    assert ended.states == [("p", "FAILED"), ("bad", "FAILED"), ("s", "FAILED"), ("one", "FAILED")]
    assert by_hand.rows("SELECT 1 FROM frame") == []


def test_what_runs_when_its_parent_fails_is_fenced_off(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{parallel(broken('bad'), work('slow'))}]"))
    by_hand.app.advance(execution_id)
    bad, slow = by_hand.take("execute")
    run, _ = by_hand.claim(execution_id, slow[2])

    by_hand.do(bad)
    by_hand.drain()

    assert by_hand.app.workers.beat("me")[1] == {}
    assert by_hand.rows("SELECT state, fence > :f FROM task_run WHERE task_id = 'slow'", f=run.fence) == [("FAILED", 1)]


def test_a_failure_below_a_parallel_that_has_errors_runs_them_after_closing_the_others(engine: RealEngine) -> None:
    sleep = f"{{id: s, type: {SLEEP}, duration: PT1M}}"
    errors = f"errors: [{work('worker')}, {log('handler')}]"

    ended = engine.run(flow(f"tasks: [{parallel(fail('bad'), sleep, more=errors)}]"))

    assert ended.states == [
        ("p", "FAILED"),
        ("bad", "FAILED"),
        ("s", "FAILED"),
        ("worker", "SUCCESS"),
        ("handler", "SUCCESS"),
    ]


def test_an_allowed_failure_leaves_the_others_alone(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{parallel(broken('bad', 'allowFailure: true'), work('good'))}, {log('next')}]"))

    assert ended.state == "WARNING"
    assert ended.states == [("p", "WARNING"), ("bad", "WARNING"), ("good", "SUCCESS"), ("next", "SUCCESS")]


def test_children_of_different_kinds_all_run(engine: RealEngine) -> None:
    children = [
        work("a"),
        log("b"),
        f"{{id: s, type: {SEQUENTIAL}, tasks: [{work('one')}, {log('two')}, {work('three')}]}}",
        parallel(work("c"), work("d")).replace("id: p", "id: inner"),
    ]

    ended = engine.run(flow(f"tasks: [{parallel(*children)}]"))

    assert ended.state == "SUCCESS"
    assert {state for _, state in ended.states} == {"SUCCESS"}
    assert len(ended.states) == 10
