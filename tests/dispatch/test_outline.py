"""What `celeriac flow canvas` prints for each construct."""

import textwrap

import pytest

from celeriac.dispatch.outline import outline
from celeriac.flowfile import load
from celeriac.plugins.discovery import discover
from engine.flow_text import SHELL, flow, log

FLOW_TASKS = "io.kestra.plugin.core.flow"


def script(task_id: str, more: str = "") -> str:
    return f"{{id: {task_id}, type: {SHELL}, script: ls{more and ', '}{more}}}"


def lines(body: str) -> list[str]:
    first, *rest = outline(load(flow(body), discover()))
    assert first == "tests.flow"
    return rest


def shown(text: str) -> list[str]:
    return textwrap.indent(textwrap.dedent(text).strip(), "  ").splitlines()


def test_ten_scripts_are_one_chain() -> None:
    tasks = ", ".join(script(f"s{n}") for n in range(10))

    assert lines(f"tasks: [{tasks}]") == ["  chain", *(f"    execute s{n}" for n in range(10)), "    advance"]


def test_a_chain_has_25_members_at_most() -> None:
    tasks = ", ".join(script(f"s{n}") for n in range(26))

    found = lines(f"tasks: [{tasks}]")

    assert found[25:] == ["    execute s24", "    advance", "  chain", "    execute s25", "    advance"]


def test_tasks_that_the_engine_runs_itself_are_one_link() -> None:
    assert lines(f"tasks: [{log('a')}, {log('b')}, {script('c')}, {log('d')}]") == shown(
        """
        advance [a, b]
        chain
          execute c
          advance
        advance [d]
        """
    )


def test_scripts_side_by_side_are_a_chord_with_its_join() -> None:
    assert lines(f"tasks: [{{id: p, type: {FLOW_TASKS}.Parallel, tasks: [{script('a')}, {script('b')}]}}]") == shown(
        """
        chord p
          execute a
          execute b
          join: advance
        """
    )


@pytest.mark.parametrize(
    ("values", "limit", "expected"),
    [
        (
            [*range(500)],
            0,
            """
            window each over 500, 200 a step
              chain
                execute a
                execute b
                advance
              advance [c]
            """,
        ),
        (
            [1, 2, 3],
            2,
            """
            window each over 3, 2 at once
              chain
                execute a
                execute b
                advance
              advance [c]
            """,
        ),
        (
            [1, 2, 3],
            0,
            """
            chord each over 3
              chain
                execute a
                execute b
              join: advance
              advance [c]
            """,
        ),
    ],
)
def test_a_loop_is_a_window_or_a_chord(values: list[int], limit: int, expected: str) -> None:
    tasks = f"[{script('a')}, {script('b')}, {log('c')}]"
    more = f"values: {values}, concurrencyLimit: {limit}"

    assert lines(f"tasks: [{{id: each, type: {FLOW_TASKS}.ForEach, {more}, tasks: {tasks}}}]") == shown(expected)


def test_retry_and_timeout_stand_at_their_link() -> None:
    retry = "retry: {type: exponential, interval: PT1S, maxInterval: PT1M, maxAttempts: 4}"

    assert lines(f"tasks: [{script('a', f'timeout: PT5M, allowFailure: true, {retry}')}]") == shown(
        """
        chain
          execute a (retry exponential, 4 attempts; timeout PT5M; allowFailure)
          advance
        """
    )


def test_branches_and_lists_of_the_flow_are_named() -> None:
    branch = f"{{id: if, type: {FLOW_TASKS}.If, condition: 'true', then: [{script('a')}], else: [{log('b')}]}}"

    assert lines(f"tasks: [{branch}]\nerrors: [{log('e')}]\nafterExecution: [{script('z')}]") == shown(
        """
        advance [if] chooses
          then
            chain
              execute a
              advance
          else
            advance [b]
        on errors
          advance [e]
        after the execution
          chain
            execute z
            advance
        """
    )


def test_timers_and_subflows_wait_outside_of_canvases() -> None:
    nap = f"{{id: nap, type: {FLOW_TASKS}.Sleep, duration: PT1S}}"
    call = f"{{id: call, type: {FLOW_TASKS}.Subflow, namespace: tests, flowId: other}}"

    assert lines(f"tasks: [{nap}, {call}]") == shown(
        """
        timer nap, then advance
        execution call of tests.other, then advance
        """
    )
