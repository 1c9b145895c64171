import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from celeriac.core.errors import Killed, RunnerFailed, TimedOut
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac_workers.runners.process import ProcessRunner
from celeriac_workers.runners.settings import RunnerSettings

Run = Callable[..., RunResult]


def sh(text: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", text)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_the_exit_code_is_that_of_the_command(run: Run) -> None:
    assert run(*sh("exit 3")).exit_code == 3


def test_a_command_ended_by_a_signal_has_the_exit_code_of_a_shell(run: Run) -> None:
    assert run(*sh("kill -s KILL $$")).exit_code == 137


def test_lines_of_both_streams_are_handed_over(run: Run, attempt: Any) -> None:
    run(*sh("echo one; echo two >&2; printf three"))

    assert attempt.texts("stdout") == ["one", "three"]
    assert attempt.texts("stderr") == ["two"]


def test_bytes_that_are_no_text_are_handed_over_as_they_are(run: Run, attempt: Any) -> None:
    run(*sh(r"printf '\377\000\376\n'"))

    assert attempt.lines == [("stdout", b"\xff\x00\xfe")]


def test_lines_come_while_the_command_runs(run: Run, attempt: Any) -> None:
    attempt.stop_at_line = {b"ready": "killed"}

    with pytest.raises(Killed):
        run(*sh("echo ready; sleep 60"))


def test_the_working_directory_is_that_of_the_command(run: Run, attempt: Any, directory: Path) -> None:
    run(*sh("pwd; echo x > made"))

    assert attempt.texts("stdout") == [str(directory)]
    assert (directory / "made").read_text() == "x\n"


def test_arguments_arrive_unchanged(run: Run, attempt: Any) -> None:
    run("/bin/sh", "-c", 'printf "%s\\n" "$0" "$@"', "a b", "$HOME", "'\"\n*")

    assert attempt.texts("stdout") == ["a b", "$HOME", "'\"", "*"]


def test_input_is_empty(run: Run, attempt: Any) -> None:
    assert run(*sh("cat")).exit_code == 0


def test_secrets_and_own_settings_of_the_worker_are_not_passed_on(
    run: Run, attempt: Any, environ: dict[str, str]
) -> None:
    environ |= {"SECRET_X": "s", "CELERIAC_HOME": "h", "OTHER": "o"}

    run(*sh("env"))

    names = {text.partition("=")[0] for text in attempt.texts("stdout")}
    assert "OTHER" in names
    assert not {name for name in names if name.startswith(("SECRET_", "CELERIAC_"))}


def test_variables_of_the_command_win(run: Run, attempt: Any, environ: dict[str, str]) -> None:
    environ["WHO"] = "worker"

    run(*sh("echo $WHO"), env={"WHO": "command"})

    assert attempt.texts("stdout") == ["command"]


def test_a_program_that_is_not_installed_is_named_with_a_remedy(run: Run) -> None:
    with pytest.raises(RunnerFailed, match=r"`nosuchprogram` is not on the PATH.*Docker"):
        run("nosuchprogram")


def test_a_missing_python_is_named_with_a_remedy(run: Run, environ: dict[str, str]) -> None:
    environ["PATH"] = "/nowhere"

    with pytest.raises(RunnerFailed, match="`python3` is not on the PATH"):
        run("python", "-V", language="python")


def test_python_is_at_hand_where_only_python3_is_installed(
    run: Run, attempt: Any, environ: dict[str, str], tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").symlink_to(sys.executable)
    environ["PATH"] = str(programs)

    result = run(*sh("python -c 'print(1 + 1)'"), language="python")

    assert (result.exit_code, attempt.texts("stdout")) == (0, ["2"])


def test_killing_ends_a_command_that_ignores_term_within_two_seconds(run: Run, attempt: Any, directory: Path) -> None:
    attempt.stop_at_line = {b"ready": "killed"}
    start = time.monotonic()

    with pytest.raises(Killed):
        run(*sh("trap '' TERM; echo $$ > pid; sleep 60 & echo ready; wait; sleep 60"))

    assert time.monotonic() - start < 3
    assert not is_alive(int((directory / "pid").read_text()))


def test_last_words_after_term_are_kept(run: Run, attempt: Any) -> None:
    attempt.stop_at_line = {b"ready": "timeout"}

    with pytest.raises(TimedOut):
        run(*sh("trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done"))

    assert attempt.texts("stdout") == ["ready", "bye"]


def test_what_a_command_leaves_behind_is_ended(run: Run, directory: Path) -> None:
    result = run(*sh("sleep 300 & echo $! > pid"))

    assert result.exit_code == 0
    assert not is_alive(int((directory / "pid").read_text()))


def test_what_is_left_behind_without_output_is_ended_too(run: Run, directory: Path) -> None:
    run(*sh("nohup sleep 300 >/dev/null 2>&1 & echo $! > pid"))

    assert not is_alive(int((directory / "pid").read_text()))


def test_the_group_is_told_to_the_attempt(run: Run, attempt: Any) -> None:
    run(*sh("ps -o pgid= -p $$ || cut -d' ' -f5 /proc/$$/stat"))

    assert [int(text) for text in attempt.texts("stdout")] == [attempt.handles[0]["pid"]]


def test_processor_time_and_peak_memory_are_measured(run: Run) -> None:
    result = run("python", "-c", "x = b'x' * 150_000_000; sum(range(2_000_000))", language="python")

    assert result.cpu_s is not None
    assert result.cpu_s > 0.01
    assert result.peak_memory_bytes is not None
    assert 150_000_000 < result.peak_memory_bytes < 400_000_000


def test_the_memory_of_the_worker_is_not_taken_for_that_of_the_command(run: Run) -> None:
    result = run(*sh("sleep 0.1"))

    assert result.peak_memory_bytes is not None
    assert result.peak_memory_bytes < 10_000_000


def test_output_without_end_of_line_does_not_fill_the_memory(
    run: Run, settings: RunnerSettings, directory: Path
) -> None:
    class Counting:
        size = 0
        longest = 0

        def line(self, stream: str, data: bytes) -> None:
            self.size += len(data)
            self.longest = max(self.longest, len(data))

        def notice(self, level: str, message: str) -> None: ...
        def started(self, handle: Any) -> None: ...
        def stop_reason(self) -> None: ...

    attempt = Counting()
    command = Command(sh("head -c 200000000 /dev/zero"), directory)

    ProcessRunner(settings).run(command, RunnerType(), attempt)

    assert attempt.size == 200_000_000
    assert attempt.longest < 2_000_000


def test_kestra_can_be_imported_with_nothing_installed(run: Run, attempt: Any) -> None:
    run("python", "-c", "from kestra import Kestra; Kestra.outputs({'a': 1})", language="python")

    assert attempt.texts("stdout") == ['::{"outputs": {"a": 1}}::']


def test_an_installed_kestra_takes_the_place_of_ours(run: Run, attempt: Any, tmp_path: Path) -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    find = "import site; print(site.getusersitepackages())"
    base = tmp_path / "user"
    env = {"PYTHONUSERBASE": str(base)}
    packages = Path(subprocess.check_output([python, "-c", find], env=os.environ | env, text=True).strip())
    packages.mkdir(parents=True)
    (packages / "kestra.py").write_text("class Kestra:\n    name = 'installed'\n")

    run(python, "-c", "from kestra import Kestra; print(Kestra.name)", env=env, language="python")

    assert attempt.texts("stdout") == ["installed"]


def test_a_module_of_the_script_takes_the_place_of_ours(run: Run, attempt: Any, directory: Path) -> None:
    (directory / "kestra.py").write_text("Kestra = 'beside the script'\n")
    (directory / "x.py").write_text("from kestra import Kestra\nprint(Kestra)\n")

    run("python", "x.py", language="python")

    assert attempt.texts("stdout") == ["beside the script"]


def test_a_process_cannot_be_adopted(settings: RunnerSettings, directory: Path, attempt: Any) -> None:
    with pytest.raises(RunnerFailed, match="ends together with its worker"):
        ProcessRunner(settings).adopt({"pid": 1}, Command(("true",), directory), RunnerType(), attempt)


WORKER = """
import os, sys
from pathlib import Path
from celeriac.core.runner import Command, RunnerType
from celeriac_workers.runners.process import ProcessRunner
from celeriac_workers.runners.settings import RunnerSettings

class Attempt:
    def line(self, stream, data): print(data.decode(), flush=True)
    def notice(self, level, message): pass
    def started(self, handle): pass
    def stop_reason(self): return None

folder = Path(sys.argv[1])
script = "trap '' TERM; (trap '' TERM; sleep 300) & echo $! $$; wait; sleep 300"
settings = RunnerSettings(folder / "cache", dict(os.environ))
ProcessRunner(settings).run(Command(("/bin/sh", "-c", script), folder), RunnerType(), Attempt())
"""


def test_a_worker_killed_by_sigkill_takes_the_whole_group_of_its_script_with_it(directory: Path) -> None:
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(directory)], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    pids = [int(word) for word in worker.stdout.readline().split()]
    group = os.getpgid(pids[1])

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()

    assert len(pids) == 2
    assert wait_until(lambda: not any(is_alive(pid) for pid in [*pids, group]), 5)
