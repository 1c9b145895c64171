"""`python tests/browser/screenshots.py OUT [NAME…]`: every page at 1440 and 390 px, light and dark, as PNG files."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.running_server import Server, running_browser, running_server

WIDTHS = (1440, 390)
THEMES = ("light", "dark")
SETTLED_MS = 700


def take(server: Server, browser: Browser, folder: Path, names: list[str]) -> None:
    """One file for each page, width and theme; says which pages are wider than the window."""
    for width in WIDTHS:
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=theme,
                timezone_id="Europe/Paris",
                has_touch=width < 720,
                is_mobile=width < 720,
            )
            page = context.new_page()
            for name in names or server.pages:
                page.goto(server.url + server.pages[name])
                page.wait_for_timeout(SETTLED_MS)
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                print(f"{name} {width} {theme}{f': {excess} px too wide' if excess > 0 else ''}")
            context.close()


def main(folder: Path, names: list[str]) -> None:
    """Starts a server with a history and photographs it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="celeriac-screenshots-") as home,
        running_server(Path(home)) as server,
        running_browser() as browser,
    ):
        take(server, browser, folder, names)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
