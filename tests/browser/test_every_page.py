"""Every page in a real browser: nothing to complain about, nobody else asked, nothing that some cannot use."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import Watch
from browser.running_server import PAGES, Server

GRAVE = ("serious", "critical")


def _open(page: Page, server: Server, name: str) -> None:
    page.goto(server.pages[name])
    page.wait_for_load_state("load")
    expect(page.locator("main")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_the_browser_has_no_complaint_and_asks_nobody_else(page: Page, watch: Watch, server: Server, name: str) -> None:
    _open(page, server, name)
    page.wait_for_timeout(300)

    own = [one for one in watch.complaints if not (name == "missing" and "404" in one)]
    assert (own, watch.strangers) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_out_of_reach_for_those_who_see_or_move_otherwise(page: Page, server: Server, name: str) -> None:
    _open(page, server, name)

    grave = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = [one for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE]
        grave += [f"{theme} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]

    assert grave == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_phone(page: Page, server: Server, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    _open(page, server, name)

    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert excess <= 0
