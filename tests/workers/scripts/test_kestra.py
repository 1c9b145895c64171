import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from celeriac_workers.runners.caller import scripts_folder


def run(code: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """Without installed packages, of which Kestra's own may be one."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(scripts_folder())}
    text = f"from kestra import Kestra\n{code}"
    return subprocess.run(
        [sys.executable, "-S", "-c", text, *argv], env=env, capture_output=True, text=True, check=True
    )


def message(line: str) -> Any:
    assert (line[:2], line[-2:]) == ("::", "::")
    return json.loads(line[2:-2])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("Kestra.outputs({'a': 1, 'u': 'é'})", {"outputs": {"a": 1, "u": "é"}}),
        (
            "Kestra.counter('rows', 3, {'t': 'x'})",
            {"metrics": [{"name": "rows", "type": "counter", "value": 3, "tags": {"t": "x"}}]},
        ),
        ("Kestra.gauge('g', 0.5)", {"metrics": [{"name": "g", "type": "gauge", "value": 0.5, "tags": {}}]}),
        ("Kestra.timer('t', 1.5)", {"metrics": [{"name": "t", "type": "timer", "value": 1.5, "tags": {}}]}),
        ("Kestra.assets({'id': 'x'})", {"assets": {"id": "x"}}),
        ("Kestra.outputs({'d': __import__('datetime').date(2024, 1, 2)})", {"outputs": {"d": "2024-01-02"}}),
    ],
)
def test_each_call_is_one_line(code: str, said: Any) -> None:
    assert message(run(code).stdout.removesuffix("\n")) == said


def test_a_function_can_be_timed_over_a_second() -> None:
    said = message(run("import time; Kestra.timer('t', lambda: time.sleep(1.1))").stdout.strip())

    assert 1.1 <= said["metrics"][0]["value"] < 10


def test_logs_keep_their_level_and_their_stream() -> None:
    result = run("log = Kestra.logger(); log.debug('d'); log.info('i %s', 1); log.warning('w'); log.critical('c')")

    assert [message(line)["logs"][0] for line in result.stdout.splitlines()] == [
        {"level": "DEBUG", "message": "d"},
        {"level": "INFO", "message": "i 1"},
    ]
    assert [message(line)["logs"][0] for line in result.stderr.splitlines()] == [
        {"level": "WARN", "message": "w"},
        {"level": "ERROR", "message": "c"},
    ]


def test_the_logger_is_one(tmp_path: Path) -> None:
    assert len(run("Kestra.logger(); Kestra.logger().info('once')").stdout.splitlines()) == 1


def test_rows_of_a_stored_file_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n\n{"a": 2}\n')

    assert (
        run("import sys; print(Kestra.read(sys.argv[1]))", str(tmp_path / "rows.jsonl")).stdout
        == "[{'a': 1}, {'a': 2}]\n"
    )
