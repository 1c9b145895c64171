"""Lists of executions: every filter alone and with others, pages, totals, and what they cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from celeriac.core.execution import CORRELATION, Execution, new_execution_id
from celeriac.core.execution_filter import ChildFilter, ExecutionFilter, Scope
from celeriac.core.state import State
from celeriac.store import execution_search
from celeriac.store.execution_search import find_ways
from celeriac.store.list_store import ListStore
from hand_engine import HandEngine

FLOW = "{{id: {id}, namespace: {namespace}, tasks: [{{id: a, type: io.kestra.plugin.core.log.Log, message: a}}]}}"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FLOWS = (("shop", "orders"), ("shop.eu", "orders"), ("shop.eu", "returns"), ("shop-2", "orders"), ("system", "clean"))


class Seeded:
    """Executions of FLOWS, one a minute since NOON: number i is of flow i % 5."""

    def __init__(self, engine: HandEngine) -> None:
        self.engine = engine
        self.store = ListStore(engine.app.database)
        self.ids: list[str] = []
        engine.register(*(FLOW.format(namespace=namespace, id=flow_id) for namespace, flow_id in FLOWS))

    def add(
        self,
        count: int,
        *,
        state: State = State.SUCCESS,
        parent: str | None = None,
        trigger: dict[str, Any] | None = None,
        **labels: str,
    ) -> list[str]:
        new = []
        for _ in range(count):
            number = len(self.ids)
            at_ms = int((NOON + timedelta(minutes=number)).timestamp() * 1000)
            namespace, flow_id = FLOWS[number % len(FLOWS)]
            ended_us = at_ms * 1000 + (100 - 3 * number) * 60_000_000
            one = Execution(
                new_execution_id(at_ms, number), namespace, flow_id, 1, {}, labels, {}, at_ms * 1000, state,
                parent_id=parent, parent_seq=number, trigger=trigger, ended_us=ended_us,
            )  # fmt: skip
            self.engine.app.surroundings.executions.create(one)
            self.ids.append(one.id)
            new.append(one.id)
        return new

    def find(self, **asked: object) -> list[int]:
        """The numbers of the executions that a filter finds."""
        found = self.store.page(ExecutionFilter(**asked))  # type: ignore[arg-type] # as the test says
        return [self.ids.index(one.id) for one in found.executions]


@pytest.fixture(params=["sampled", "walked"])
def seeded(on_each_database: HandEngine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Seeded:
    """walked: nothing lies among the newest, so that every page comes by an index."""
    monkeypatch.setattr(execution_search, "SAMPLE", 1000 if request.param == "sampled" else 0)
    return Seeded(on_each_database)


def test_the_newest_come_first(seeded: Seeded) -> None:
    seeded.add(3)

    assert seeded.find() == [2, 1, 0]


def test_pages_follow_one_another(seeded: Seeded) -> None:
    seeded.add(5)

    assert [seeded.find(size=2, page=page) for page in (1, 2, 3, 4)] == [[4, 3], [2, 1], [0], []]


@pytest.mark.parametrize("sort", [(), (("id", False),)])
def test_a_cursor_goes_on_behind_its_page(seeded: Seeded, sort: tuple[tuple[str, bool], ...]) -> None:
    ids = seeded.add(5)

    assert seeded.find(cursor=ids[2], sort=sort) == ([3, 4] if sort else [1, 0])


def test_a_namespace_has_those_below_it_and_no_namesake(seeded: Seeded) -> None:
    seeded.add(10)

    assert seeded.find(namespace="shop") == [7, 6, 5, 2, 1, 0]
    assert seeded.find(namespace="shop", is_exact=True) == [5, 0]


def test_a_flow_is_found_in_its_namespaces(seeded: Seeded) -> None:
    seeded.add(10)

    assert seeded.find(namespace="shop.eu", flow_id="orders", is_exact=True) == [6, 1]
    assert seeded.find(flow_id="orders") == [8, 6, 5, 3, 1, 0]


def test_a_flow_that_nobody_knows_has_no_executions(seeded: Seeded) -> None:
    seeded.add(5)

    assert seeded.find(flow_id="nope") == seeded.find(namespace="nope") == seeded.find(q="nope") == []


def test_states_add_up(seeded: Seeded) -> None:
    seeded.add(2)
    seeded.add(2, state=State.FAILED)
    seeded.add(2, state=State.RUNNING)

    assert seeded.find(states=(State.FAILED, State.RUNNING)) == [5, 4, 3, 2]
    assert seeded.find(states=(State.FAILED,), namespace="shop") == [2]


def test_all_labels_must_be_there(seeded: Seeded) -> None:
    seeded.add(2, team="a")
    seeded.add(2, team="a", env="b")
    seeded.add(1, env="b")

    assert seeded.find(labels=(("team", "a"),)) == [3, 2, 1, 0]
    assert seeded.find(labels=(("team", "a"), ("env", "b"))) == [3, 2]
    assert seeded.find(labels=(("team", "a"),), states=(State.SUCCESS,), namespace="shop") == [2, 1, 0]


def test_times_of_creation_are_both_included(seeded: Seeded) -> None:
    seeded.add(5)

    assert seeded.find(start=NOON + timedelta(minutes=1), end=NOON + timedelta(minutes=3)) == [3, 2, 1]


def test_children_and_others_are_told_apart(seeded: Seeded) -> None:
    (parent,) = seeded.add(1)
    seeded.add(2, parent=parent)

    assert seeded.find(child_filter=ChildFilter.CHILD) == [2, 1]
    assert seeded.find(child_filter=ChildFilter.MAIN) == [0]
    assert seeded.find(trigger_execution_id=parent) == [2, 1]


def test_executions_that_one_has_started_are_found_by_it(seeded: Seeded) -> None:
    (first,) = seeded.add(1, **{CORRELATION: "root"})
    seeded.add(2, parent=first, **{CORRELATION: "root"})
    seeded.add(1, trigger={"id": "t", "variables": {"executionId": first}}, **{CORRELATION: "root"})
    seeded.add(1, trigger={"id": "t", "variables": {"executionId": "other"}}, **{CORRELATION: "root"})

    assert seeded.find(trigger_execution_id=first) == [3, 2, 1]
    assert seeded.find(trigger_execution_id=first, states=(State.SUCCESS,), namespace="shop.eu") == [2, 1]


def test_executions_that_came_from_one_another_are_found_by_their_first(seeded: Seeded) -> None:
    (first,) = seeded.add(1)
    seeded.add(1, **{CORRELATION: first})
    seeded.add(1)

    assert seeded.find(labels=((CORRELATION, first),)) == [1, 0]
    assert seeded.find(labels=((CORRELATION, first),), states=(State.SUCCESS,), flow_id="orders") == [1, 0]


def test_the_namespace_of_the_system_is_told_apart(seeded: Seeded) -> None:
    seeded.add(5)

    assert (seeded.find(scope=Scope.SYSTEM), seeded.find(scope=Scope.USER)) == ([4], [3, 2, 1, 0])


def test_q_finds_a_part_of_a_flow_id_in_any_case(seeded: Seeded) -> None:
    seeded.add(5)

    assert seeded.find(q="TURN") == [2]
    assert seeded.find(q="eu.ret") == [2]
    assert seeded.find(q="%") == []


def test_q_finds_the_beginning_of_an_id(seeded: Seeded) -> None:
    ids = seeded.add(3)

    assert seeded.find(q=ids[1][:10]) == seeded.find(q=ids[1]) == [1]
    assert seeded.find(q=ids[1], states=(State.FAILED,)) == []


@pytest.mark.parametrize(("name", "first"), [("state.endDate", 0), ("state.duration", 0), ("flowId", 2)])
def test_other_orders_are_those_of_the_newest(seeded: Seeded, name: str, first: int) -> None:
    seeded.add(4)

    assert seeded.find(sort=((name, True),))[0] == first


def test_everything_is_counted_up_to_a_bound(seeded: Seeded) -> None:
    seeded.add(4)

    assert seeded.store.page(ExecutionFilter(size=1)).total == 4
    assert seeded.store.count(ExecutionFilter(namespace="shop"), 2) == 2


def test_the_last_runs_of_flows_are_in_order_of_time(seeded: Seeded) -> None:
    ids = seeded.add(15)

    found = seeded.store.last_runs([FLOWS[0], ("no", "such")], 2)

    assert {key: [run.id for run in runs] for key, runs in found.items()} == {
        FLOWS[0]: [ids[5], ids[10]],
        ("no", "such"): [],
    }


def test_a_histogram_counts_by_interval_and_state(seeded: Seeded) -> None:
    seeded.add(3)
    seeded.add(1, state=State.FAILED)
    bounds = [int((NOON + timedelta(minutes=minutes)).timestamp() * 1000) for minutes in (0, 2, 4)]

    assert seeded.store.histogram(ExecutionFilter(), bounds) == {
        (0, State.SUCCESS): 2, (1, State.SUCCESS): 1, (1, State.FAILED): 1,
    }  # fmt: skip


ORDINARY = {
    "everything": ExecutionFilter(),
    "namespace": ExecutionFilter(namespace="shop"),
    "flow": ExecutionFilter(namespace="shop", flow_id="orders", is_exact=True),
    "state": ExecutionFilter(states=(State.FAILED, State.RUNNING)),
    "flow and state": ExecutionFilter(namespace="shop.eu", states=(State.FAILED,)),
    "label": ExecutionFilter(labels=(("team", "a"), ("env", "b"))),
    "time": ExecutionFilter(start=NOON, end=NOON + timedelta(hours=1)),
    "children": ExecutionFilter(child_filter=ChildFilter.CHILD),
    "parent": ExecutionFilter(trigger_execution_id="x" * 22),
    "id": ExecutionFilter(q="0123456789"),
}


@pytest.mark.parametrize("asked", ORDINARY.values(), ids=ORDINARY)
def test_no_ordinary_filter_reads_the_whole_table(by_hand: HandEngine, asked: ExecutionFilter) -> None:
    Seeded(by_hand).add(5)
    with by_hand.app.database.read() as connection:
        ways = find_ways(connection, asked)
        for statement in (ways.page.ids(is_newest_first=True, limit=10), ways.count.count(100)):
            assert statement is not None
            text = statement.compile(connection.engine, compile_kwargs={"literal_binds": True})
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]

            assert [step for step in plan if step.startswith("SCAN execution") and "INDEX" not in step] == []


def test_a_page_is_read_in_the_order_of_an_index(by_hand: HandEngine) -> None:
    Seeded(by_hand).add(5)
    with by_hand.app.database.read() as connection:
        statement = find_ways(connection, ORDINARY["flow"]).page.ids(is_newest_first=True, limit=10)
        assert statement is not None
        text = statement.compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]

    assert "SEARCH execution USING COVERING INDEX ix_execution_flow (namespace=? AND flow_id=?)" in plan
