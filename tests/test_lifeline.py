"""The lifeline: a child learns when to begin, and ends when its supervisor is gone."""

import os
import signal
import subprocess
import sys

from celeriac.lifeline import VARIABLE, attach

CHILD = """
import os, signal, sys, time
from celeriac.lifeline import Lifeline
if sys.argv[2] == "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
line = Lifeline(int(sys.argv[1]), grace_s=0.3)
print("up", flush=True)
print(line.wait_for_go(20), flush=True)
time.sleep(60)
"""


def _child(read: int, manner: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(read), manner],
        pass_fds=[read],
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_line_down_the_pipe_means_go() -> None:
    read, write = os.pipe()
    with _child(read, "gentle") as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.write(write, b"\n")

        assert child.stdout.readline() == "True\n"
        os.close(write)


def test_the_end_of_the_pipe_terminates_the_process() -> None:
    read, write = os.pipe()
    with _child(read, "gentle") as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.close(write)

        assert child.wait(10) == -signal.SIGTERM


def test_a_process_that_ignores_the_signal_is_killed_after_the_grace_period() -> None:
    read, write = os.pipe()
    with _child(read, "stubborn") as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.close(write)

        assert child.wait(10) == -signal.SIGKILL


def test_a_process_without_a_supervisor_has_no_lifeline() -> None:
    assert attach({VARIABLE: ""}) is None
