"""Following an execution: what is seen, what is shown, how a kill goes on."""

import io
import json
import os
import signal
from pathlib import Path

import pytest
from rich.console import Console

from celeriac.cli.display import PlainDisplay
from celeriac.cli.document import executions, print_json, print_run
from celeriac.cli.fakes import FakeEngine, FakeViews, make_document, make_run
from celeriac.cli.follow import Follower
from celeriac.cli.interrupts import Interrupts
from celeriac.cli.supervisor import Supervisor
from celeriac.cli.tree import RunTree, TreeDisplay
from celeriac.cli.watch import News, Watch

LINE = {"taskId": "a", "level": "INFO", "message": "hello\nworld", "timestamp": "2026-01-01T10:00:02Z"}


def _followed(engine: FakeEngine, tmp_path: Path, interrupts: Interrupts | None = None) -> str:
    stream = io.StringIO()
    follower = Follower(engine, Supervisor(tmp_path), PlainDisplay(stream), interrupts or Interrupts())
    follower.follow("x1")
    return stream.getvalue()


def test_each_ended_task_run_and_each_log_line_is_told_in_order_of_time(tmp_path: Path) -> None:
    done = make_document("x1", "SUCCESS", make_run("a"))
    engine = FakeEngine(views=FakeViews({"x1": [done]}, [[LINE]]))

    told = [line.split(" ", 1)[1] for line in _followed(engine, tmp_path).splitlines()]

    assert told == ["a: INFO hello", "        world", "a: SUCCESS in 2.50s"]


def test_a_task_run_that_waits_is_not_told(tmp_path: Path) -> None:
    film = [make_document("x1", "RUNNING", make_run("a", "CREATED"), done=False), make_document("x1", "SUCCESS")]

    assert _followed(FakeEngine(views=FakeViews({"x1": film})), tmp_path) == ""


def test_debug_lines_are_stored_but_not_shown(tmp_path: Path) -> None:
    engine = FakeEngine(views=FakeViews({"x1": [make_document("x1", "SUCCESS")]}, [[LINE | {"level": "DEBUG"}]]))

    assert _followed(engine, tmp_path) == ""


def test_the_executions_that_task_runs_name_are_followed_to_their_end(tmp_path: Path) -> None:
    starts = make_run("sub", outputs={"executionId": "x2"})
    child = [
        make_document("x2", "RUNNING", done=False, flowId="c"),
        make_document("x2", "SUCCESS", make_run("b"), flowId="c"),
    ]
    engine = FakeEngine(views=FakeViews({"x1": [make_document("x1", "SUCCESS", starts)], "x2": child}))

    assert "c / b: SUCCESS" in _followed(engine, tmp_path)


def test_an_output_that_only_looks_like_an_execution_is_ignored(tmp_path: Path) -> None:
    run = make_run("a", outputs={"executionId": "nobody"})
    engine = FakeEngine(views=FakeViews({"x1": [make_document("x1", "SUCCESS", run)]}))

    assert "a: SUCCESS" in _followed(engine, tmp_path)


def test_a_signal_kills_the_execution_once_and_waits_for_its_end(tmp_path: Path) -> None:
    running = make_document("x1", "RUNNING", done=False)
    engine = FakeEngine(views=FakeViews({"x1": [running, running, running, make_document("x1", "KILLED")]}))
    interrupts = Interrupts()
    interrupts.count = 1

    _followed(engine, tmp_path, interrupts)

    assert engine.executions.killed == ["x1"]


def _tree(*documents: dict[str, object], height: int = 30) -> list[str]:
    watch = Watch(FakeViews({"x1": list(documents)}), "x1")
    watch.look()
    console = Console(file=io.StringIO(), width=60, height=height, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(RunTree(watch))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_the_tree_shows_children_below_their_parent() -> None:
    parent = make_run("each", "SUCCESS")
    child = make_run("work", "SUCCESS", value="a.csv", parentTaskRunId=parent["id"])

    assert _tree(make_document("x1", "SUCCESS", parent, child))[1:] == ["  ✓ each  2.50s", "    ✓ work [a.csv]  2.50s"]


def test_the_tree_sums_up_long_lists_of_siblings_and_shows_what_needs_attention() -> None:
    runs = [make_run("work", "SUCCESS", value=str(number)) for number in range(500)]
    runs.append(make_run("work", "FAILED", value="bad"))

    assert _tree(make_document("x1", "RUNNING", *runs))[1:] == [
        "  … 501 task runs: 500 SUCCESS, 1 FAILED",
        "  ✗ work [bad]  FAILED  2.50s",
    ]


def test_the_tree_is_never_higher_than_the_screen() -> None:
    parents = [make_run(f"p{number}") for number in range(12)]
    children = [make_run(f"c{number}", parentTaskRunId=f"run-p{number}") for number in range(12)]

    assert len(_tree(make_document("x1", "RUNNING", *parents, *children), height=12)) <= 12


def test_the_live_display_keeps_log_lines_and_the_last_tree() -> None:
    stream = io.StringIO()
    display = TreeDisplay(Console(file=stream, width=60, height=20, force_terminal=True, color_system=None))
    watch = Watch(FakeViews({"x1": [make_document("x1", "SUCCESS", make_run("a"))]}, [[LINE]]), "x1")
    display.show(watch, watch.look())
    display.close()

    assert "hello" in stream.getvalue()
    assert "✓ a" in stream.getvalue()


def test_showing_nothing_new_is_harmless() -> None:
    watch = Watch(FakeViews({"x1": [make_document("x1", "RUNNING", done=False)]}), "x1")
    display = TreeDisplay(Console(file=io.StringIO(), force_terminal=True))
    display.show(watch, News())
    display.close()


def test_the_document_holds_logs_and_all_subexecutions_and_nothing_of_ours() -> None:
    views = FakeViews(
        {
            "x1": [make_document("x1", "SUCCESS")],
            "x2": [make_document("x2", "SUCCESS", parentId="x1")],
            "x3": [make_document("x3", "FAILED", parentId="x2")],
        }
    )

    stream = io.BytesIO()
    print_run(executions(views, "x1"), [LINE, LINE], stream)

    document = json.loads(stream.getvalue())
    assert document["logs"] == [LINE, LINE]
    assert [(child["id"], child["parentId"]) for child in document["subexecutions"]] == [("x2", "x1"), ("x3", "x2")]
    assert "done" not in document


def test_json_is_utf8_and_valid_whatever_the_values_are() -> None:
    stream = io.BytesIO()
    print_json({"a": float("nan"), "b": "é\ud800", 3: Path("/x")}, stream)

    assert json.loads(stream.getvalue()) == {"a": "nan", "b": "é?", "3": "/x"}


def test_a_signal_before_the_start_ends_the_command_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts():
        os.kill(os.getpid(), signal.SIGTERM)


def test_the_first_signal_of_a_running_execution_is_noted_and_the_second_ends_at_once() -> None:
    with Interrupts() as interrupts:
        interrupts.patient = True
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupts.count == 1
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
