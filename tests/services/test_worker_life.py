"""When a worker is known to be gone."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from celeriac.services.worker_life import is_gone, this_machine


@pytest.fixture
def ended() -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process


@pytest.fixture
def guard(ended: "subprocess.Popen[bytes]") -> "Iterator[subprocess.Popen[bytes]]":
    """What guards a script of the worker that has ended."""
    with subprocess.Popen(["/bin/sh", "-c", "read _", f"celeriac-guard-{ended.pid}"], stdin=subprocess.PIPE) as process:
        yield process


def test_a_worker_that_has_ended_is_gone(ended: "subprocess.Popen[bytes]") -> None:
    assert is_gone(this_machine(), ended.pid)


def test_a_worker_that_nobody_has_waited_for_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "print()"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read()
        while not is_gone(this_machine(), process.pid):
            pass


def test_a_living_worker_is_not_gone() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        gone = is_gone(this_machine(), process.pid)

    assert not gone


def test_of_workers_on_other_machines_nobody_can_tell(ended: "subprocess.Popen[bytes]") -> None:
    assert not is_gone(f"other-{this_machine()}", ended.pid)


def test_a_worker_is_not_gone_while_one_of_its_scripts_lives(
    ended: "subprocess.Popen[bytes]", guard: "subprocess.Popen[bytes]"
) -> None:
    before = is_gone(this_machine(), ended.pid)
    guard.communicate()

    assert (before, is_gone(this_machine(), ended.pid)) == (False, True)
