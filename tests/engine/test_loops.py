"""ForEach: values, windows, limits, nesting, and what a loop costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from engine.flow_text import RETURN, flow, log, work
from hand_engine import HandEngine
from real_engine import RealEngine

FOR_EACH = "io.kestra.plugin.core.flow.ForEach"


def loop(values: str, *tasks: str, more: str = "", task_id: str = "loop") -> str:
    return f"{{id: {task_id}, type: {FOR_EACH}, values: {values}, tasks: [{', '.join(tasks)}]{more and ', '}{more}}}"


def range_to(last: int) -> str:
    return f"'{{{{ range(1, {last}) }}}}'"


def show(task_id: str, text: str) -> str:
    return f"{{id: {task_id}, type: {RETURN}, format: '{text}'}}"


def test_tasks_run_in_order_for_each_value(engine: RealEngine) -> None:
    tasks = (show("a", "{{ taskrun.value }}{{ taskrun.iteration }}"), show("b", "{{ outputs.a[taskrun.value].value }}"))

    ended = engine.run(flow(f"tasks: [{loop('[x, y]', *tasks)}]"))

    shown = [(run["taskId"], run["value"], run["outputs"].get("value")) for run in ended.document["taskRunList"][1:]]
    assert shown == [("a", "x", "x0"), ("b", "x", "x0"), ("a", "y", "y1"), ("b", "y", "y1")]


def test_inner_loops_know_the_values_around_them(engine: RealEngine) -> None:
    inner = loop("[1, 2]", show("a", "{{ parent.taskrun.value }}{{ taskrun.value }}"), task_id="inner")
    read = show("read", '{{ outputs.a.y["2"].value }}')

    ended = engine.run(flow(f"tasks: [{loop('[x, y]', inner)}, {read}]"))

    assert [run["outputs"]["value"] for run in ended.runs("a")] == ["x1", "x2", "y1", "y2"]
    assert ended.outputs_of("read") == {"value": "y2"}


def test_equal_values_run_once(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{loop('[x, x, y]', log('a'))}]"))

    assert [run["value"] for run in ended.runs("a")] == ["x", "y"]


def test_a_loop_over_nothing_succeeds(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{loop('[]', log('a'))}, {log('b')}]"))

    assert (ended.state, ended.states) == ("SUCCESS", [("loop", "SUCCESS"), ("b", "SUCCESS")])


@pytest.mark.parametrize("values", ["'{{ 5 }}'", "'no JSON'", "'{{ nothing }}'", "[1, null]"])
def test_values_that_are_no_list_fail_the_loop(engine: RealEngine, values: str) -> None:
    ended = engine.run(flow(f"tasks: [{loop(values, log('a'))}]"))

    assert (ended.state, ended.states) == ("FAILED", [("loop", "FAILED")])


def test_a_failing_iteration_stops_the_loop(engine: RealEngine) -> None:
    bad = "{id: bad, type: io.kestra.plugin.core.execution.Fail, condition: \"{{ taskrun.value == '2' }}\"}"

    ended = engine.run(flow(f"tasks: [{loop('[1, 2, 3]', bad, log('rest'))}]"))

    assert ended.state == "FAILED"
    assert [(run["taskId"], run["value"], run["state"]["current"]) for run in ended.document["taskRunList"][1:]] == [
        ("bad", "1", "SUCCESS"),
        ("rest", "1", "SUCCESS"),
        ("bad", "2", "FAILED"),
    ]


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (3, 3), (0, 7)])
def test_no_more_iterations_run_at_once_than_allowed(by_hand: HandEngine, limit: int, most: int) -> None:
    values = "[1, 2, 3, 4, 5, 6, 7]"
    tasks = [work("a"), log("between"), work("b")]
    execution_id = by_hand.start(flow(f"tasks: [{loop(values, *tasks, more=f'concurrencyLimit: {limit}')}]"))
    seen = 0

    by_hand.app.advance(execution_id)
    while jobs := by_hand.take("execute"):
        seen = max(seen, len(jobs))
        by_hand.do(jobs[0])
        by_hand.publisher.jobs.extendleft(reversed(jobs[1:]))
        by_hand.publisher.advance([execution_id])
        by_hand.drain_advances()

    assert seen == most
    assert by_hand.look(execution_id).state == "SUCCESS"


def test_a_wide_loop_is_written_200_rows_at_a_time(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{loop(range_to(501), work('a'), more='concurrencyLimit: 0')}]"))

    with statements(by_hand) as seen:
        by_hand.app.advance(execution_id)

    inserts = [count for text, count in seen if text.startswith("INSERT INTO task_run")]
    assert max(inserts) <= 1 + 200
    assert len(by_hand.take("execute")) == 501
    assert not any(fan.join for fan in by_hand.publisher.fans_published)


def test_a_loop_over_a_thousand_values_succeeds(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{loop(range_to(1000), log('a'), more='concurrencyLimit: 0')}]"))

    assert ended.state == "SUCCESS"
    assert len(ended.runs("a")) == 1000


@contextmanager
def statements(engine: HandEngine) -> Iterator[list[tuple[str, int]]]:
    """(text, rows written) of the statements that are executed in the block."""
    seen: list[tuple[str, int]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seen.append((statement, len(parameters) if many else 1))

    with listening(engine, "before_cursor_execute", note):
        yield seen


@contextmanager
def rows_read(engine: HandEngine) -> Iterator[list[int]]:
    """[number of rows that SQLite handed over in the block]."""
    count = [0]

    def row(cursor: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
        count[0] += 1
        return values

    def check_out(connection: Any, record: Any, proxy: Any) -> None:
        connection.row_factory = row

    with listening(engine, "checkout", check_out):
        yield count


@contextmanager
def listening(engine: HandEngine, event: str, listener: Any) -> Iterator[None]:
    """Listens at both connection pools of an engine."""
    pools = (engine.app.database.writer, engine.app.database._reader)
    for pool in pools:
        sa.event.listen(pool, event, listener)
    try:
        yield
    finally:
        for pool in pools:
            sa.event.remove(pool, event, listener)


def cost_of_a_step(engine: HandEngine, size: int) -> tuple[int, int]:
    """(statements, rows read) of running one of `size` iterations, half of which are done."""
    engine.publisher.jobs.clear()
    execution_id = engine.start(flow(f"tasks: [{loop(range_to(size), work('a'))}]", f"loop{size}"))
    engine.app.advance(execution_id)
    fill(engine, execution_id, size // 2)
    one_step(engine)
    with statements(engine) as seen, rows_read(engine) as count:
        one_step(engine)
    return len(seen), count[0]


def fill(engine: HandEngine, execution_id: str, done: int) -> None:
    """Puts rows of ended iterations beside those of the loop."""
    columns = (
        "parent_seq, task_id, branch, position, value_hash, segment_end, attempt, lost, fence, histories, created_us"
    )
    engine.change(
        f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {done}) "
        f"INSERT INTO task_run (execution_id, seq, iteration, state, {columns}) "
        f"SELECT execution_id, 100 + i, i, 'SUCCESS', {columns} FROM task_run, n WHERE execution_id = :x AND seq = 2",
        x=execution_id,
    )
    engine.change(f"UPDATE execution SET next_seq = {done + 200} WHERE id = :x", x=execution_id)
    engine.change(
        f"UPDATE frame SET next_index = {done + 1}, counts = '{{\"SUCCESS\": {done - 1}}}' "
        "WHERE execution_id = :x AND seq = 1",
        x=execution_id,
    )


def one_step(engine: HandEngine) -> None:
    (job,) = engine.take("execute")
    engine.do(job)
    engine.app.advance(job[1])


def test_a_step_reads_as_many_rows_in_a_loop_of_10000_as_in_one_of_100(by_hand: HandEngine) -> None:
    small, large = cost_of_a_step(by_hand, 100), cost_of_a_step(by_hand, 10_000)

    assert small == large
    assert small[1] < 15


def test_chains_side_by_side_report_their_end_without_the_sweeper(
    engine: RealEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.app.sweep_store, "stale_inboxes", lambda older_than_s: [])

    ended = engine.run(flow(f"tasks: [{loop('[a, b, c]', work('x'), work('y'), more='concurrencyLimit: 0')}]"))

    assert ended.state == "SUCCESS"


def test_loops_that_open_in_a_later_visit_know_the_values_around_them(by_hand: HandEngine) -> None:
    inner = loop("[x]", show("r", "{{ taskrun.value }}"), task_id="inner")
    outer = loop(range_to(60), inner, more="concurrencyLimit: 0")
    found = show("found", "{{ outputs.r[''59''].x.value }}")

    execution_id = by_hand.start(flow(f"tasks: [{outer}, {found}]"))
    by_hand.drain()

    assert by_hand.look(execution_id).outputs_of("found") == {"value": "x"}
