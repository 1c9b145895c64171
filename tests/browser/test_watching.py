"""An execution in a real browser: its log is found in and followed, its timeline is walked by keys."""

import re

from playwright.sync_api import Page, expect

from browser.conftest import Watch
from browser.running_server import Server


def test_the_log_has_a_find_bar_of_its_own(page: Page, server: Server, watch: Watch) -> None:
    page.goto(server.pages["execution-logs"])
    page.locator(".lv-row").first.wait_for()

    page.keyboard.press("Control+f")
    page.keyboard.type("orders")

    expect(page.locator(".lv-found")).to_have_text(re.compile(r"^\d+/[1-9]\d*$"))
    expect(page.locator(".lv-row mark.is-current")).to_have_text("orders")
    assert watch.complaints == []


def test_a_level_can_be_hidden(page: Page, server: Server) -> None:
    page.goto(server.pages["execution-logs"])
    page.locator('.lv-row[data-level="INFO"]').first.wait_for()

    page.locator('.lv-chip[data-level="INFO"]').click()

    expect(page.locator('.lv-row[data-level="INFO"]')).to_have_count(0)


def test_a_line_has_an_address(page: Page, server: Server) -> None:
    page.goto(server.pages["execution-logs"] + "#L2")

    expect(page.locator(".lv-row.is-target .lv-number")).to_have_text("2")


def test_what_is_shown_can_be_copied(page: Page, server: Server) -> None:
    page.goto(server.pages["execution-logs"])
    page.locator(".lv-row").first.wait_for()

    page.get_by_title("Copy what is shown").click()

    expect(page.locator(".toast")).to_contain_text("Copied")
    assert "asking the shop" in page.evaluate("navigator.clipboard.readText()")


def test_the_timeline_is_walked_by_keys(page: Page, server: Server, watch: Watch) -> None:
    page.goto(server.pages["execution-timeline"])
    page.locator(".tl-row").first.wait_for()
    page.locator(".tl-body").focus()

    page.keyboard.press("j")
    page.keyboard.press("j")

    expect(page.locator('.tl-row[aria-selected="true"]')).to_have_attribute("data-index", "1")
    assert watch.complaints == []


def test_problems_only_leaves_the_way_to_what_failed(page: Page, server: Server) -> None:
    page.goto(server.pages["execution-failed"])
    page.locator(".tl-row").first.wait_for()

    page.get_by_title("Problems only (e)").click()

    expect(page.locator('.tl-row:not([data-state="FAILED"])')).to_have_count(0)
    expect(page.locator(".tl-row").first).to_be_visible()


def test_the_topology_shows_the_states_of_the_execution(page: Page, server: Server, watch: Watch) -> None:
    page.goto(server.pages["execution-topology"])

    expect(page.locator('.graph-box[data-state="FAILED"]').first).to_be_visible()
    assert watch.complaints == []


def test_the_theme_and_the_rail_stay_as_they_were_chosen(page: Page, server: Server) -> None:
    page.goto("/ui/")
    page.get_by_role("button", name="Theme").click()
    page.locator("body").press("[")

    page.goto("/ui/flows")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-rail", "narrow")
