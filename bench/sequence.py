"""How fast sequences are, measured in one run and interleaved: Celeriac, plain Celery, bare processes, the command.

python bench/sequence.py [--quick] [PART …]      parts: returns scripts growth command; default: all
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from celery import chain
from cluster import Cluster, plain_worker, running, timed

import flows

COUNT = 100
MANY = 1000
TARGETS = {"returns": 0.5, "scripts": 2.0, "growth": 1.3}
HELLO = flows.logs(3)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Celeriac beside plain Celery")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 9")
    arguments = parser.parse_args()
    repetitions = 3 if arguments.quick else 9
    wanted = arguments.parts or list(PARTS)
    with tempfile.TemporaryDirectory(prefix="celeriac-bench-") as folder, running(Path(folder)) as cluster:
        for part in wanted:
            PARTS[part](cluster, Path(folder), repetitions)


def returns(cluster: Cluster, folder: Path, repetitions: int) -> None:
    """(a) An execution of Return tasks beside a chain of tasks that do nothing."""
    _register(cluster, flows.returns(COUNT))
    with plain_worker(cluster.broker_url, "solo", folder) as noop:
        found = _interleaved(
            {
                "execution": lambda: cluster.run(f"bench.returns-{COUNT}"),
                "chain": lambda: timed(lambda: _chain(noop)),
            },
            repetitions,
        )
    print(f"(a) {COUNT} Return tasks in sequence; a chain of as many tasks that do nothing on a solo worker")
    _ratio("execution / chain", found["execution"], found["chain"], TARGETS["returns"])


def scripts(cluster: Cluster, folder: Path, repetitions: int) -> None:
    """(b) An execution of empty shell scripts beside a chain and as many bare processes."""
    _register(cluster, flows.scripts(COUNT))
    with plain_worker(cluster.broker_url, "threads", folder) as noop:
        found = _interleaved(
            {
                "execution": lambda: cluster.run(f"bench.scripts-{COUNT}"),
                "chain": lambda: timed(lambda: _chain(noop)),
                "processes": lambda: timed(_processes),
            },
            repetitions,
        )
    print(f"(b) {COUNT} empty shell scripts in sequence; a chain on a worker with threads, and as many bare processes")
    both = [one + other for one, other in zip(found["chain"], found["processes"], strict=True)]
    _ratio("execution / (chain + processes)", found["execution"], both, TARGETS["scripts"])


def growth(cluster: Cluster, folder: Path, repetitions: int) -> None:
    """(c) Processor time for each task run, of many and of few."""
    _register(cluster, *(make(count) for make in (flows.logs, flows.loop) for count in (COUNT, MANY)))
    for name in ("logs", "loop"):
        found = _interleaved(
            {
                "many": lambda name=name: _cpu_ms(cluster, f"bench.{name}-{MANY}", 1) / MANY,
                "few": lambda name=name: _cpu_ms(cluster, f"bench.{name}-{COUNT}", MANY // COUNT) / MANY,
            },
            repetitions,
        )
        kind = {"logs": "Log tasks in sequence", "loop": "values of a ForEach"}[name]
        print(f"(c) processor time for each of {MANY} and of {COUNT} {kind}, in milliseconds")
        _ratio("many / few", found["many"], found["few"], TARGETS["growth"], "ms")


def command(cluster: Cluster, folder: Path, repetitions: int) -> None:
    """(d) The command from its start to its exit."""
    home = folder / "command"
    home.mkdir()
    (home / "hello.yaml").write_text(HELLO)
    found = _interleaved(
        {"run": lambda: _command(home, "run", "hello.yaml"), "--help": lambda: _command(home, "--help")}, repetitions
    )
    print("(d) the command, from its start to its exit")
    for name, target in (("run", 3.0), ("--help", 0.3)):
        _line(f"celeriac {name}", f"{_spread(found[name])}  target < {target} s")


PARTS: Mapping[str, Callable[[Cluster, Path, int], None]] = {
    "returns": returns,
    "scripts": scripts,
    "growth": growth,
    "command": command,
}


def _register(cluster: Cluster, *sources: str) -> None:
    for source in sources:
        cluster.app.flows.register(source)


def _interleaved(works: Mapping[str, Callable[[], float]], repetitions: int) -> dict[str, list[float]]:
    """{name: measurements}, in turns after one turn that does not count."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for repetition in range(repetitions + 1):
        for name, work in works.items():
            measured = work()
            if repetition:
                found[name].append(measured)
    return found


def _chain(noop: Any) -> None:
    tasks = [noop.si() for _ in range(COUNT - 1)]
    chain(*tasks, noop.si().set(ignore_result=False)).apply_async().get(timeout=60, interval=0.005)


def _processes() -> None:
    for _ in range(COUNT):
        subprocess.run(["/bin/sh", "-c", ":"], check=True)


def _cpu_ms(cluster: Cluster, flow: str, times: int) -> float:
    before = cluster.cpu_s()
    for _ in range(times):
        cluster.run(flow)
    return (cluster.cpu_s() - before) * 1000


def _command(home: Path, *arguments: str) -> float:
    environ = {**os.environ, "CELERIAC_HOME": str(home / ".celeriac")}
    argv = [str(Path(sys.executable).parent / "celeriac"), *arguments]
    return timed(lambda: subprocess.run(argv, cwd=home, env=environ, check=True, capture_output=True))


def _ratio(name: str, ours: list[float], theirs: list[float], target: float, unit: str = "s") -> None:
    _line(name.split(" / ")[0], _spread(ours, unit))
    _line(name.split(" / ")[1].strip("()"), _spread(theirs, unit))
    ratio = median(ours) / median(theirs)
    _line(name, f"{ratio:.2f}  target ≤ {target}  {'ok' if ratio <= target else 'MISSED'}")


def _spread(values: list[float], unit: str = "s") -> str:
    return f"median {median(values):.3f} {unit} ({min(values):.3f} … {max(values):.3f})"


def _line(name: str, text: str) -> None:
    print(f"    {name:<34} {text}", flush=True)


if __name__ == "__main__":
    main()
