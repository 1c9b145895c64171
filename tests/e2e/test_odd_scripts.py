"""Scripts that write too much or nothing legible, or leave others behind: SUCCESS, little memory, no trace."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from real_command import Command, Result, Running

CAP_BYTES = 2_000_000
LOG_BYTES = 100_000_000
LINE = "one hundred bytes of a line, which goes on and on to its end and says nothing but that it is there"
FILE_BYTES = 200_000_000
MEMORY_BYTES = 180_000_000
FLOW = f"""
id: odd
namespace: company.team
tasks:
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: much
        type: io.kestra.plugin.scripts.shell.Script
        script: yes '{LINE}' | head -c {LOG_BYTES}
      - id: large
        type: io.kestra.plugin.scripts.shell.Script
        outputFiles: [large.bin]
        script: head -c {FILE_BYTES} /dev/zero > large.bin
      - id: binary
        type: io.kestra.plugin.scripts.shell.Script
        script: |
          head -c 20000 /dev/urandom
          printf '\\nnot \\377 UTF-8, and \\000\\nthe end\\n'
      - id: broken
        type: io.kestra.plugin.scripts.shell.Script
        script: |
          echo '::{{broken}}::'
          echo '::{{"outputs": {{"after": "it"}}}}::'
      - id: forks
        type: io.kestra.plugin.scripts.shell.Script
        script: |
          nohup sleep 4711 > /dev/null 2>&1 &
          sleep 4711 &
          (trap '' TERM HUP INT; sleep 4711) &
          echo started
"""


@dataclass(frozen=True)
class Odd:
    """The run of FLOW. memory_bytes: the most that one process of the command has held."""

    result: Result
    memory_bytes: int
    leftovers: list[str]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Odd]:
    command = Command(tmp_path_factory.mktemp("odd"), {"CELERIAC_LOG_CAP_BYTES": str(CAP_BYTES)})
    command.write("flow.yaml", FLOW)
    running = command.start("run", "flow.yaml", "-o", "json", "--runner", "process")
    with MemoryWatch(running) as watch:
        result = running.result(170)
    sleeping = [f"sleep {pid}" for pid in _sleeping()]
    yield Odd(result, watch.most_bytes, command.leftovers() + sleeping)
    command.close()


class MemoryWatch(threading.Thread):
    """Looks ten times a second at the memory of a command and all of its roles."""

    def __init__(self, running: Running) -> None:
        super().__init__(daemon=True)
        self.most_bytes = 0
        self._process = psutil.Process(running.pid)
        self._done = threading.Event()

    def __enter__(self) -> "MemoryWatch":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        while not self._done.wait(0.1):
            try:
                sizes = [one.memory_info().rss for one in (self._process, *self._process.children(recursive=True))]
            except psutil.NoSuchProcess:
                continue
            self.most_bytes = max(self.most_bytes, *sizes)


def _sleeping() -> list[int]:
    return [one.pid for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", "4711"]]


def test_odd_scripts_end_well_and_leave_nothing(odd: Odd) -> None:
    assert (odd.result.code, odd.result.state, odd.leftovers) == (0, "SUCCESS", [])


def test_no_process_holds_what_scripts_write(odd: Odd) -> None:
    assert odd.memory_bytes < MEMORY_BYTES


def test_a_log_is_stored_up_to_its_cap_and_the_rest_is_counted(odd: Odd) -> None:
    lines = [line for line in odd.result.document["logs"] if line["taskId"] == "much"]
    kept = [line for line in lines if line["message"] == LINE]
    written = -(-LOG_BYTES // (len(LINE) + 1))
    [notice] = [line["message"] for line in lines if line["level"] == "WARN"]

    assert CAP_BYTES * 0.9 < len(kept) * len(LINE) <= CAP_BYTES
    assert f"{written - len(kept):,} more log lines were dropped" in notice


def test_a_large_file_is_stored_whole(odd: Odd) -> None:
    uri = odd.result.run_of("large")["outputs"]["outputFiles"]["large.bin"]

    assert uri.startswith("kestra:///company/team/odd/")


def test_what_is_no_text_becomes_replacement_characters(odd: Odd) -> None:
    messages = [line["message"] for line in odd.result.document["logs"] if line["taskId"] == "binary"]

    assert messages[-2:] == ["not � UTF-8, and �", "the end"]


def test_a_broken_message_is_a_warning_and_the_next_one_counts(odd: Odd) -> None:
    warnings = [line["message"] for line in odd.result.document["logs"] if line["taskId"] == "broken"]

    assert [message for message in warnings if "::{broken}::" in message]
    assert odd.result.run_of("broken")["outputs"]["vars"] == {"after": "it"}
