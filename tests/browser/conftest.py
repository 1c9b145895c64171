"""One server with a history and one Chromium for all tests of pages; each test has a window of its own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from browser.running_server import CHROMIUM, Server, running_browser, running_server

PATIENCE_MS = 20_000
MISSING = not Path(CHROMIUM).exists()
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Watch:
    """What a window has complained about, and whom else than the server it has asked."""

    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Errors and warnings of the browser."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def request(self, request: Request) -> None:
        """Every request that goes elsewhere."""
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.strangers.append(request.url)

    def forget(self) -> None:
        """Begins anew."""
        self.complaints.clear()
        self.strangers.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skipped where there is no Chromium, unless everything is asked for."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if MISSING and not os.environ.get("CELERIAC_TEST_ALL"):
                item.add_marker(pytest.mark.skip(reason="no Chromium"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that every test of pages shares."""
    with running_server(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    with running_browser() as running:
        yield running


@pytest.fixture
def page(server: Server, browser: Browser) -> Iterator[Page]:
    """A window of 1440 × 900."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": 1440, "height": 900}, timezone_id="Europe/Paris"
    )
    context.set_default_timeout(PATIENCE_MS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


@pytest.fixture
def watch(server: Server, page: Page) -> Watch:
    """Listens to the window."""
    watching = Watch(server.url)
    page.on("console", watching.console)
    page.on("pageerror", lambda error: watching.complaints.append(str(error)))
    page.on("request", watching.request)
    return watching
