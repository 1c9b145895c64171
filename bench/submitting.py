"""How fast many short executions are that are started at once through the HTTP API, beside plain Celery chains.

python bench/submitting.py [--quick]

100 executions of 3 Return tasks, posted by 8 clients at once, until the last has ended; 100 chains of 3 tasks that do
nothing, sent by one client, until the last link has run. In turns, on one Valkey, the workers of both with one process.
"""

import argparse
import http.client
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import redis
from celery import chain
from cluster import DEADLINE_S, Cluster, plain_worker, process, running, timed

import flows

EXECUTIONS = 100
TASKS = 3
CLIENTS = 8
TARGET = 1.25
LOOK_S = 0.005
"""How often it is looked whether all is done: looking takes processor time, too."""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Executions through the HTTP API beside plain Celery chains")
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 9")
    repetitions = 3 if parser.parse_args().quick else 9
    with (
        tempfile.TemporaryDirectory(prefix="celeriac-bench-") as name,
        running(Path(name)) as cluster,
        web(cluster, Path(name)) as port,
    ):
        folder = Path(name)
        cluster.app.flows.register(flows.returns(TASKS))
        for pool in ("solo", "prefork"):
            with plain_worker(cluster.broker_url, pool, folder) as noop:
                compare(cluster, port, noop, pool, repetitions)


def compare(cluster: Cluster, port: int, noop: Any, pool: str, repetitions: int) -> None:
    """Prints both rates, in tasks a second, and their ratio."""
    ours, theirs = [], []
    for repetition in range(repetitions + 1):
        posted, ended = executions(cluster, port)
        chained = chains(cluster, noop)
        if repetition:
            ours.append((posted, ended))
            theirs.append(chained)
    count = EXECUTIONS * TASKS
    rate, plain = count / median(one[1] for one in ours), count / median(theirs)
    print(f"{EXECUTIONS} executions of {TASKS} Return tasks through the API; as many chains on a worker with {pool}")
    print(f"    executions   {rate:7.0f} tasks/s  (posted after {median(one[0] for one in ours):.3f} s)")
    print(f"    chains       {plain:7.0f} tasks/s")
    ratio = rate / plain
    print(f"    ratio        {ratio:.2f}  target ≥ {TARGET}  {'ok' if ratio >= TARGET else 'MISSED'}", flush=True)


def executions(cluster: Cluster, port: int) -> tuple[float, float]:
    """(seconds until the last was accepted, seconds until the last had ended)."""
    begin = time.perf_counter()
    clients = [
        threading.Thread(target=_post, args=(port, EXECUTIONS // CLIENTS + (i < EXECUTIONS % CLIENTS)))
        for i in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    posted = time.perf_counter() - begin
    while cluster.open_executions():
        assert time.perf_counter() - begin < DEADLINE_S
        time.sleep(LOOK_S)
    return posted, time.perf_counter() - begin


def chains(cluster: Cluster, noop: Any) -> float:
    """Seconds until the last link has run: each counts itself in Redis."""
    counter = redis.Redis.from_url(cluster.broker_url)
    counter.delete("ended")

    def work() -> None:
        for _ in range(EXECUTIONS):
            chain(*(noop.si() for _ in range(TASKS - 1)), noop.si("ended")).apply_async()
        while int(counter.get("ended") or 0) < EXECUTIONS:
            time.sleep(LOOK_S)

    return timed(work)


def _post(port: int, times: int) -> None:
    """One keep-alive connection; an empty form, as `curl -X POST` sends it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(times):
        connection.request("POST", f"/api/v1/main/executions/{flows.NAMESPACE}/returns-{TASKS}")
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
    connection.close()


@contextmanager
def web(cluster: Cluster, folder: Path) -> Iterator[int]:
    """The web role on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environ = cluster.app.settings.environ() | {"CELERIAC_WEB_PORT": str(port)}
    with process((sys.executable, "-m", "celeriac.web.serve"), environ, folder / "web.log"):
        deadline = time.monotonic() + 90
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "web.log").read_text()
                time.sleep(0.05)
        yield port


if __name__ == "__main__":
    main()
