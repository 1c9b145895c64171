"""`celeriac server` for real."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

FLOW = b"id: hi\nnamespace: company.team\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: hi}\n"


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _command(folder: Path, *argv: str) -> list[str]:
    return [sys.executable, "-m", "celeriac", "server", *argv]


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """A server that listens."""
    with subprocess.Popen(
        _command(tmp_path, "--port", str(port)), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Celeriac listens on http://127.0.0.1:{port}\n"
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)


def test_it_answers_runs_flows_and_ends_well_on_sigterm(server: "subprocess.Popen[str]", port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(f"{base}/readyz", timeout=20) as answer:
        ready = answer.status
    request = urllib.request.Request(f"{base}/api/v1/main/flows", FLOW, {"Content-Type": "application/x-yaml"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        flow = json.load(answer)
    server.send_signal(signal.SIGTERM)

    assert (ready, flow["id"], server.wait(30)) == (200, "hi", 0)


def test_a_second_server_of_one_folder_is_refused(server: "subprocess.Popen[str]", tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        other = str(probe.getsockname()[1])
    result = subprocess.run(
        _command(tmp_path, "--port", other), cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert (result.returncode, "a server already runs" in result.stderr) == (1, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_that_others_reach_is_refused(tmp_path: Path, host: str) -> None:
    result = subprocess.run(
        _command(tmp_path, "--host", host), cwd=tmp_path, capture_output=True, text=True, timeout=60, env=os.environ
    )

    assert (result.returncode, "this machine only" in result.stderr) == (2, True)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = subprocess.run(
            _command(tmp_path, "--port", port), cwd=tmp_path, capture_output=True, text=True, timeout=60
        )

    assert (result.returncode, "Address already in use" in result.stderr) == (2, True)
