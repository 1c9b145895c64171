"""What a server costs that has nothing to do: memory of each process and processor time.

    python bench/idle.py [--seconds 30] [--settle 20]

Memory is PSS: pages that several processes share count once in the sum. The limits are 400 MB and 3 % of a core.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from celeriac.cli.address import free_port

MOST_MB = 400
MOST_PERCENT = 3.0


@dataclass(frozen=True)
class Idle:
    """One process: its name, PSS in MB, processor time so far in s."""

    name: str
    pss_mb: float
    cpu_s: float


@contextmanager
def running_server() -> Iterator[int]:
    """The process id of a server in a folder of its own that says it is ready."""
    with tempfile.TemporaryDirectory(prefix="celeriac-idle-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "celeriac", "server", "--port", str(free_port())],
            env={**os.environ, "CELERIAC_HOME": f"{folder}/home"},
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        begun = time.monotonic()
        for line in process.stdout:
            if line.startswith("Celeriac listens"):
                print(f"ready after {time.monotonic() - begun:.1f} s")
            if line.startswith("Ctrl-C"):
                break
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def look(pid: int) -> dict[int, Idle]:
    """The server and everything below it."""
    server = psutil.Process(pid)
    return {
        process.pid: Idle(_name(process), _pss_mb(process.pid), sum(process.cpu_times()[:2]))
        for process in (server, *server.children(recursive=True))
    }


def _name(process: psutil.Process) -> str:
    title = " ".join(process.cmdline()).strip()
    return title if title.startswith("celeriac: ") else process.name()


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def main() -> int:
    """Prints the table; 1 when it is above the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30, help="how long processor time is measured")
    parser.add_argument("--settle", type=float, default=20, help="how long the server is left alone before")
    arguments = parser.parse_args()
    with running_server() as pid:
        time.sleep(arguments.settle)
        before = look(pid)
        time.sleep(arguments.seconds)
        after = look(pid)
    print(f"\n{'process':<28}{'PSS':>10}{'processor':>12}")
    memory = percent = 0.0
    for each, now in after.items():
        used = 100 * (now.cpu_s - before[each].cpu_s) / arguments.seconds
        memory, percent = memory + now.pss_mb, percent + used
        print(f"{now.name:<28}{now.pss_mb:>7.1f} MB{used:>10.2f} %")
    print(f"{'sum':<28}{memory:>7.1f} MB{percent:>10.2f} %   (at most {MOST_MB} MB and {MOST_PERCENT} %)")
    return int(memory > MOST_MB or percent > MOST_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
