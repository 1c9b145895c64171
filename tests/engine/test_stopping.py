"""Timeouts and kills: the work ends, whatever it does, and nothing of it is left."""

import os
import time
from pathlib import Path

from engine.flow_text import SHELL, flow, log
from real_engine import RealEngine

KILLED_WITHIN_S = 8.0
"""Two seconds, and patience with a busy machine."""


def script(pid_file: Path, more: str = "") -> str:
    text = f"echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; sleep 60 & wait"
    return f"{{id: s, type: {SHELL}, script: '{text}'{more and ', '}{more}}}"


def is_running(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


def test_a_task_that_takes_too_long_fails_and_its_process_ends(engine: RealEngine, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    ended = engine.run(flow(f"tasks: [{script(pid_file, 'timeout: PT1S')}, {log('never')}]"))

    assert (ended.state, ended.states) == ("FAILED", [("s", "FAILED")])
    assert "Timeout after 00:00:01.000" in ended.messages
    assert not is_running(pid_file)


def test_each_attempt_has_its_own_timeout(engine: RealEngine, tmp_path: Path) -> None:
    more = "timeout: PT0.5S, retry: {type: constant, interval: PT0.1S, maxAttempts: 2}"

    ended = engine.run(flow(f"tasks: [{script(tmp_path / 'pid', more)}]"))

    assert ended.attempts_of("s") == ["FAILED", "FAILED"]


def test_a_kill_ends_a_script_and_then_the_execution(engine: RealEngine, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    execution_id = engine.start(flow(f"tasks: [{script(pid_file)}, {log('never')}]"))
    engine.wait_for(pid_file.exists, "the script to run")

    started = time.monotonic()
    engine.app.executions.kill(execution_id)
    ended = engine.wait(execution_id)

    assert (ended.state, ended.states) == ("KILLED", [("s", "KILLED")])
    assert time.monotonic() - started < KILLED_WITHIN_S
    assert not is_running(pid_file)


def test_a_killed_execution_runs_neither_errors_nor_finally_but_what_comes_after(
    engine: RealEngine, tmp_path: Path
) -> None:
    lists = f"errors: [{log('e')}]\nfinally: [{log('f')}]\nafterExecution: [{log('after')}]"
    execution_id = engine.start(flow(f"tasks: [{script(tmp_path / 'pid')}]\n{lists}"))
    engine.wait_for((tmp_path / "pid").exists, "the script to run")

    engine.app.executions.kill(execution_id)
    ended = engine.wait(execution_id)

    assert (ended.state, ended.states) == ("KILLED", [("s", "KILLED"), ("after", "SUCCESS")])
