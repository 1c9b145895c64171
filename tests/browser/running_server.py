"""`celeriac server` with a history, and a Chromium to look at it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from browser import samples
from hand_engine import hand_engine

READY_S = 60.0
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


FLOW = "/ui/flows/edit/company.sales/nightly_load"
EXECUTION = "/ui/executions/company.sales/nightly_load"

PAGES = {
    "home": "/ui/",
    "flows": "/ui/flows",
    "flows-none": "/ui/flows?q=nothing-like-this",
    "flow-sources": "/ui/flows?tab=sources&q=Script",
    "flow-new": "/ui/flows/new",
    "flow-overview": FLOW,
    "flow-source": f"{FLOW}/source",
    "flow-diff": "/ui/flows/edit/tutorial/hello_you/source?revision=3&diff=2",
    "flow-revision": "/ui/flows/edit/tutorial/hello_you/source?revision=2",
    "flow-topology": f"{FLOW}/topology",
    "flow-executions": f"{FLOW}/executions",
    "flow-triggers": "/ui/flows/edit/company.sales/sync_stock/triggers",
    "flow-canvas": f"{FLOW}/canvas",
    "flow-delete": "/ui/flows/delete/tutorial/hello_you",
    "run": "/ui/flows/run/company.routing/every_input",
    "executions": "/ui/executions",
    "executions-none": "/ui/executions?q=nothing-like-this",
    "execution-timeline": f"{EXECUTION}/{{good}}",
    "execution-failed": f"{EXECUTION}/{{failed}}",
    "execution-logs": f"{EXECUTION}/{{good}}/logs",
    "execution-outputs": f"{EXECUTION}/{{good}}/outputs",
    "execution-file": f"{EXECUTION}/{{good}}/outputs?file={{file}}",
    "execution-inputs": f"{EXECUTION}/{{good}}/inputs",
    "execution-metrics": f"{EXECUTION}/{{good}}/metrics",
    "execution-topology": f"{EXECUTION}/{{failed}}/topology",
    "execution-history": f"{EXECUTION}/{{failed}}/history",
    "execution-replay": "/ui/executions/{good}/replay",
    "triggers": "/ui/triggers",
    "logs": "/ui/logs",
    "settings": "/ui/settings",
    "missing": "/ui/nothing-here",
}
"""{name: path} of every page; `good` and `failed` are executions of the samples."""


@dataclass(frozen=True)
class Server:
    """A server that listens."""

    url: str
    samples: samples.Samples

    @property
    def pages(self) -> dict[str, str]:
        """{name: path} of every page."""
        found = self.samples
        return {
            name: path.format(good=found.good, failed=found.failed, file=quote(found.file))
            for name, path in PAGES.items()
        }


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """A server on a home that already has a history."""
    with hand_engine(home) as engine:
        found = samples.fill(engine)
    port = _free_port()
    environ = {**os.environ, "CELERIAC_HOME": str(home), "CELERIAC_RUNNER": "process"}
    argv = [sys.executable, "-m", "celeriac", "server", "--port", str(port)]
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(argv, cwd=home, env=environ, stdout=output, stderr=output)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, log)
        _start(f"http://127.0.0.1:{port}", "company.science/train_model")
        yield Server(f"http://127.0.0.1:{port}", found)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _start(url: str, flow: str) -> None:
    """Something that runs while the pages are looked at."""
    with urllib.request.urlopen(f"{url}/api/v1/main/executions/{flow}", b"", timeout=20) as answer:
        assert answer.status == 200


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-4000:])
