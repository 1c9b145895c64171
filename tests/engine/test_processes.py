"""Several processes work on the same executions at once, without knowing of each other."""

import os
import subprocess
import sys
from pathlib import Path

from engine.flow_text import flow, log, work
from hand_engine import HandEngine

SCRIPT = Path(__file__).with_name("working_process.py")
FLOW = flow(
    f"""
    tasks:
      - {work("a")}
      - {log("b")}
      - {{id: p, type: io.kestra.plugin.core.flow.Parallel, tasks: [{work("c")}, {work("d")}]}}
      - {work("e")}
    finally: [{work("f")}]
    """
)


def test_two_processes_do_each_step_of_20_executions_once(on_each_database: HandEngine) -> None:
    engine = on_each_database
    ids = [engine.start(FLOW) for _ in range(20)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(SCRIPT), str(engine.home), engine.app.settings.database_url, *ids]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environ) for _ in range(2)]

    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=90)

    assert [process.returncode for process in processes] == [0, 0]
    assert engine.rows("SELECT state, count(*) FROM execution GROUP BY state") == [("SUCCESS", 20)]
    assert engine.rows("SELECT state, attempt, count(*) FROM task_run GROUP BY state, attempt") == [("SUCCESS", 1, 140)]
    assert engine.rows("SELECT DISTINCT fence FROM task_run ORDER BY fence") == [(0,), (1,)]
    assert engine.rows("SELECT 1 FROM frame") == engine.rows("SELECT 1 FROM inbox") == []
