"""How the web role bears many open streams: 300 pages that watch, while others ask and executions run.

python bench/streams.py [--clients 300] [--seconds 15]

Prints how long other requests wait, how late changes arrive, and what is left when the pages are closed.
"""

import argparse
import http.client
import selectors
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles

import psutil
from cluster import Cluster, running
from submitting import web

import flows

PINGS_PER_S = 20
EXECUTIONS_PER_S = 4


class Pages(threading.Thread):
    """Open streams, read by one thread."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__(name="pages", daemon=True)
        self.events = 0
        self.lost = 0
        self.seen: dict[str, float] = {}
        self._selector = selectors.DefaultSelector()
        self._is_closed = False
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            connection.sendall(b"GET /api/v1/events?topics=executions,flows HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self._selector.register(connection, selectors.EVENT_READ)

    def run(self) -> None:
        """Counts events and notes when an execution is told of first."""
        while not self._is_closed:
            for key, _ in self._selector.select(0.2):
                data = key.fileobj.recv(65536)  # type: ignore[union-attr] # a socket
                if not data:
                    self.lost += 1
                    self._selector.unregister(key.fileobj)
                    continue
                self.events += data.count(b"event: ")
                for part in data.split(b'"')[1::2]:
                    if len(part) == 22:
                        self.seen.setdefault(part.decode(), time.perf_counter())

    def close(self) -> None:
        """Closes all, as tabs are closed."""
        self._is_closed = True
        self.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr] # a socket


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Many open streams")
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=15)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="celeriac-bench-") as name,
        running(Path(name)) as cluster,
        web(cluster, Path(name)) as port,
    ):
        cluster.app.flows.register(flows.returns(3))
        measure(cluster, port, arguments.clients, arguments.seconds)


def measure(cluster: Cluster, port: int, clients: int, seconds: int) -> None:
    """Without streams, with them, and when they are closed."""
    print(f"healthz without streams     {_spread(_pings(port, 3))}")
    before_mb = _web_mb(port)
    pages = Pages(port, clients)
    pages.start()
    time.sleep(2)
    print(f"healthz with {clients:3} idle       {_spread(_pings(port, 3))}")
    started: dict[str, float] = {}
    starter = threading.Thread(target=_start_some, args=(cluster, seconds, started))
    starter.start()
    waits = _pings(port, seconds)
    starter.join()
    time.sleep(2)
    late = [1000 * (pages.seen[one] - at) for one, at in started.items() if one in pages.seen]
    print(f"healthz with {clients:3} and changes {_spread(waits)}")
    print(f"changes told after          {_spread(late)}, {len(late)} of {len(started)}, {pages.events} events")
    print(f"memory of the web role      {before_mb:.0f} MB before, {_web_mb(port):.0f} MB with {clients}")
    open_before = _open(port)
    pages.close()
    begun = time.perf_counter()
    while _open(port) and time.perf_counter() - begun < 60:
        time.sleep(0.1)
    left_s = time.perf_counter() - begun
    print(f"streams                     {open_before:.0f} open, {pages.lost} lost, none {left_s:.1f} s after closing")


def _start_some(cluster: Cluster, seconds: int, started: dict[str, float]) -> None:
    for _ in range(seconds * EXECUTIONS_PER_S):
        started[str(cluster.app.executions.start(flows.NAMESPACE, "returns-3"))] = time.perf_counter()
        time.sleep(1 / EXECUTIONS_PER_S)


def _pings(port: int, seconds: int) -> list[float]:
    """Milliseconds, each on a connection of its own."""
    found = []
    for _ in range(seconds * PINGS_PER_S):
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        connection.close()
        found.append(1000 * (time.perf_counter() - begun))
        time.sleep(1 / PINGS_PER_S)
    return found


def _open(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith("celeriac_streams_open "))


def _web_mb(port: int) -> float:
    owners = {one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port and one.pid}
    return max((psutil.Process(pid).memory_info().rss / 1e6 for pid in owners), default=0.0)


def _spread(values: list[float]) -> str:
    if len(values) < 2:
        return "nothing"
    return f"median {median(values):6.1f} ms, p95 {quantiles(values, n=20)[-1]:6.1f} ms, most {max(values):6.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
