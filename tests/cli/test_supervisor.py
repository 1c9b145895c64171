"""The supervisor: children run, come back, and are gone at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from setproctitle import setproctitle

from celeriac.cli.child import ChildSpec
from celeriac.cli.supervisor import MAX_QUICK_ENDS, ChildEnded, ChildKeepsEnding, Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")


def _spec(name: str, argv: tuple[str, ...], **more: bool) -> ChildSpec:
    return ChildSpec(name, argv, dict(os.environ), **more)


def _until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_child_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec("role", SLEEPER))
        first = supervisor.pid("role")
        assert first is not None
        os.kill(first, signal.SIGKILL)

        _until(lambda: bool(supervisor.poll()) or supervisor.pid("role") not in (None, first))
        _until(lambda: bool(supervisor.poll()) or supervisor.is_running("role"))


def test_a_child_that_ends_tells_how(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec("role", (sys.executable, "-c", "raise SystemExit(3)")))
        ended = []
        _until(lambda: bool(ended.extend(supervisor.poll()) or ended))

        assert (ended[0].name, ended[0].exit_code) == ("role", 3)


def test_a_child_that_cannot_live_is_given_up_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Supervisor(tmp_path, clock=_Hurried()) as supervisor:
        supervisor.start(_spec("role", ("/bin/sh", "-c", "echo no such module; exit 1")))

        with pytest.raises(ChildKeepsEnding, match="no such module"):
            _until(lambda: bool(supervisor.poll() and False))


def test_nothing_is_left_after_the_end_not_even_a_stubborn_child(tmp_path: Path) -> None:
    with Supervisor(tmp_path, grace_s=0.3) as supervisor:
        supervisor.start(_spec("gentle", SLEEPER))
        supervisor.start(_spec("stubborn", STUBBORN))
        pids = [supervisor.pid("gentle"), supervisor.pid("stubborn")]

    assert [pid for pid in pids if pid and not _is_gone(pid)] == []


def test_what_a_child_left_in_its_session_ends_with_it(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec("role", ("/bin/sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; exit 0")))
        _until(lambda: bool(supervisor.poll()))
        grandchild = int((tmp_path / "pid").read_text())

        _until(lambda: _is_gone(grandchild))


def test_a_kill_takes_what_children_started_in_other_sessions(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec("role", ("/bin/sh", "-c", f"setsid sleep 60 & echo $! > {tmp_path}/pid; wait")))
        _until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        supervisor.kill()

    assert _is_gone(int((tmp_path / "pid").read_text()))


def test_children_are_stopped_when_the_block_is_left_by_an_error(tmp_path: Path) -> None:
    pid = None
    with pytest.raises(KeyboardInterrupt), Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec("role", SLEEPER))
        pid = supervisor.pid("role")
        raise KeyboardInterrupt

    assert pid is not None and _is_gone(pid)


def test_higher_layers_are_stopped_first(tmp_path: Path) -> None:
    note = f"trap 'echo $0 >> {tmp_path}/order; exit' TERM; while :; do sleep 0.02; done"
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(ChildSpec("broker", ("/bin/sh", "-c", note, "broker"), dict(os.environ), layer=0))
        supervisor.start(ChildSpec("role", ("/bin/sh", "-c", note, "role"), dict(os.environ), layer=1))
        time.sleep(0.2)

    assert (tmp_path / "order").read_text().split() == ["role", "broker"]


PARENT = """
import os, sys, time
from pathlib import Path
from celeriac.cli.child import ChildSpec
from celeriac.cli.supervisor import Supervisor
supervisor = Supervisor(Path(sys.argv[1]))
supervisor.start(ChildSpec("guarded", ("/bin/sleep", "60"), dict(os.environ), guarded=True))
print(supervisor.pid("guarded"), flush=True)
time.sleep(60)
"""


def test_a_guarded_child_ends_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    _until(lambda: _is_gone(pid))


class _Hurried:
    """A clock that runs twenty times faster, so that restart delays are short."""

    def __call__(self) -> float:
        return time.monotonic() * 20


def test_a_forked_child_has_its_own_session_environment_and_output(tmp_path: Path) -> None:
    def main() -> None:
        os.write(1, f"{os.getsid(0) == os.getpid()} {os.environ['ROLE']}\n".encode())
        time.sleep(60)

    with Supervisor(tmp_path) as supervisor:
        supervisor.start(ChildSpec("role", SLEEPER, {"ROLE": "worker"}, main=main))
        pid = supervisor.pid("role")
        _until(lambda: supervisor.log_path("role").read_text() == "True worker\n")

    assert pid is not None and _is_gone(pid)


def test_a_forked_child_can_name_itself(tmp_path: Path) -> None:
    def main() -> None:
        setproctitle("celeriac: role")
        time.sleep(60)

    with Supervisor(tmp_path) as supervisor:
        supervisor.start(ChildSpec("role", SLEEPER, dict(os.environ), main=main))
        pid = supervisor.pid("role")

        _until(lambda: "celeriac: role" in psutil.Process(pid).cmdline())


def test_a_forked_child_that_ends_is_restarted_by_its_command(tmp_path: Path) -> None:
    def main() -> None:
        raise SystemExit(3)

    with Supervisor(tmp_path) as supervisor:
        command = ("/bin/sh", "-c", "echo again; sleep 60")
        supervisor.start(ChildSpec("role", command, dict(os.environ), main=main))
        ended: list[ChildEnded] = []
        _until(lambda: bool(ended.extend(supervisor.poll()) or supervisor.log_path("role").read_text() == "again\n"))

        assert [child.exit_code for child in ended] == [3]


def test_a_forked_child_keeps_no_descriptor_of_its_parent_open(tmp_path: Path) -> None:
    read, write = os.pipe()
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(ChildSpec("role", SLEEPER, dict(os.environ), main=lambda: time.sleep(60)))
        os.close(write)

        assert os.read(read, 1) == b""
    os.close(read)


def test_a_patient_supervisor_goes_on_trying_and_counts(tmp_path: Path) -> None:
    with Supervisor(tmp_path, clock=_Hurried(), gives_up=False) as supervisor:
        supervisor.start(_spec("role", ("/bin/sh", "-c", "exit 1")))
        ended: list[ChildEnded] = []
        _until(lambda: bool(ended.extend(supervisor.poll()) or len(ended) > MAX_QUICK_ENDS), 30)

    assert [one.times for one in ended][: MAX_QUICK_ENDS + 1] == list(range(1, MAX_QUICK_ENDS + 2))


def test_a_supervisor_without_threads_forks_again(tmp_path: Path) -> None:
    def main() -> None:
        os.write(1, b"forked\n")
        raise SystemExit(3)

    with Supervisor(tmp_path, forks_again=True) as supervisor:
        supervisor.start(ChildSpec("role", ("/bin/false",), dict(os.environ), main=main))
        _until(lambda: bool(supervisor.poll() and False) or supervisor.log_path("role").read_text() == "forked\n" * 2)


def test_a_child_is_run_once_to_its_end(tmp_path: Path) -> None:
    def main() -> None:
        raise SystemExit(3)

    with Supervisor(tmp_path) as supervisor:
        assert supervisor.run_once(ChildSpec("once", STUBBORN, dict(os.environ), main=main)) == 3
        assert supervisor.poll() == []


def test_a_child_that_is_run_once_ends_when_its_command_is_interrupted(tmp_path: Path) -> None:
    started = time.monotonic()
    others = set(psutil.Process().children())
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    with Supervisor(tmp_path) as supervisor, pytest.raises(KeyboardInterrupt):
        supervisor.run_once(_spec("once", SLEEPER))

    assert time.monotonic() - started < 20
    own = set(psutil.Process().children()) - others
    assert [child for child in own if child.status() != psutil.STATUS_ZOMBIE] == []


TALKER = """
import os, sys
from pathlib import Path
from celeriac.cli.child import ChildSpec
from celeriac.cli.supervisor import Supervisor
with Supervisor(Path(sys.argv[1])) as supervisor:
    supervisor.run_once(ChildSpec("once", ("/bin/sh", "-c", "echo hello"), dict(os.environ), talks=True))
"""


def test_what_a_child_that_talks_says_is_seen_and_not_logged(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", TALKER, str(tmp_path)], capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr, list(tmp_path.iterdir())) == ("", "hello\n", [])
