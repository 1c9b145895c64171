"""What people come for: write a flow, mend it, run it, watch it, find out why it failed, try again, stop it."""

import re

from playwright.sync_api import Browser, Page, expect

from browser.conftest import Watch
from browser.running_server import Server

FLOW = """\
id: journey_{name}
namespace: company.browser
inputs:
  - {{id: who, type: STRING, defaults: World}}
  - {{id: times, type: INT, min: 1, max: 5, defaults: 2}}
tasks:
  - {{id: greet, type: io.kestra.plugin.core.log.Log, message: "Hello {{{{ inputs.who }}}} × {{{{ inputs.times }}}}"}}
  - id: work
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {{type: io.kestra.plugin.core.runner.Process}}
    commands: [{commands}]
"""


def _create(page: Page, name: str, *commands: str) -> None:
    """Writes a flow into the editor and saves it."""
    page.goto("/ui/flows/new")
    _write(page, FLOW.format(name=name, commands=", ".join(f'"{command}"' for command in commands)))
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(f"**/ui/flows/edit/company.browser/journey_{name}/source")


def _write(page: Page, text: str) -> None:
    """Puts a text in the place of what the editor holds."""
    editor = page.locator("flow-editor .cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def _run(page: Page, name: str) -> None:
    page.goto(f"/ui/flows/run/company.browser/journey_{name}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/ui/executions/company.browser/**")


def _expect_state(page: Page, state: str) -> None:
    expect(page.locator("#execution-head .state-badge")).to_have_attribute("data-state", state)


def test_an_error_is_shown_while_it_is_written_and_the_flow_is_saved_once_it_is_mended(
    page: Page, watch: Watch
) -> None:
    page.goto("/ui/flows/new")
    good = FLOW.format(name="typo", commands='"true"')

    _write(page, good.replace("message:", "massage:"))
    expect(page.locator("flow-editor").get_by_role("button", name="7:54")).to_be_visible()
    _write(page, good)
    expect(page.get_by_text("Valid", exact=True)).to_be_visible()
    page.keyboard.press("Control+s")

    page.wait_for_url("**/ui/flows/edit/company.browser/journey_typo/source")
    assert watch.complaints == []


def test_a_flow_is_run_with_inputs_and_watched_until_it_ends(page: Page, watch: Watch) -> None:
    _create(page, "watched", "sleep 2", "echo done")

    page.get_by_role("link", name="Run", exact=True).click()
    page.get_by_label("who").fill("Ada")
    page.get_by_label("times").fill("9")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#field-times .field-error")).to_contain_text("must be less than")
    expect(page.get_by_label("who")).to_have_value("Ada")
    page.get_by_label("times").fill("3")
    page.get_by_role("button", name="Run", exact=True).click()

    _expect_state(page, "RUNNING")
    _expect_state(page, "SUCCESS")
    page.get_by_role("link", name="Logs", exact=True).last.click()
    expect(page.locator("log-viewer").get_by_text("Hello Ada × 3")).to_be_visible()
    assert [one for one in watch.complaints if "422" not in one] == []


def test_the_log_of_what_failed_is_two_clicks_away_and_so_is_another_try(page: Page, watch: Watch) -> None:
    _create(page, "failing", "echo looking for the file", "test -f /nowhere/at/all")
    _run(page, "failing")
    _expect_state(page, "FAILED")

    page.get_by_role("link", name="Its log").click()
    expect(page.locator("log-viewer").get_by_text("looking for the file")).to_be_visible()
    page.get_by_role("link", name="Restart from failed").click()
    page.locator("dialog[open]").get_by_role("button", name="Restart").click()
    page.get_by_role("link", name="History").click()

    expect(page.locator("main").get_by_text("RESTARTED").first).to_be_visible()
    _expect_state(page, "FAILED")
    assert watch.complaints == []


def test_what_runs_for_too_long_is_killed_from_its_page(page: Page, watch: Watch) -> None:
    _create(page, "endless", "sleep 600")
    _run(page, "endless")
    _expect_state(page, "RUNNING")

    page.get_by_role("link", name="Kill").click()
    page.locator("dialog[open]").get_by_role("button", name="Kill").click()

    _expect_state(page, "KILLED")
    assert watch.complaints == []


def test_a_list_shows_what_starts_elsewhere_without_being_loaded_again(page: Page) -> None:
    _create(page, "listed", "true")
    page.goto("/ui/executions?flowId=journey_listed")
    expect(page.get_by_text("No execution is like this")).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")

    other = page.context.new_page()
    _run(other, "listed")

    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list tbody tr .state").first).to_have_attribute("data-state", "SUCCESS")


def test_a_row_of_the_timeline_is_inspected_and_stands_in_the_address(page: Page, server: Server) -> None:
    page.goto(server.pages["execution-failed"])

    page.locator("execution-timeline").get_by_text("extract", exact=True).click()
    expect(page.locator("#inspector")).to_contain_text("asking the shop")
    page.reload()

    expect(page.locator("#inspector")).to_contain_text("asking the shop")


def test_a_filter_is_typed_stands_in_the_address_and_survives_the_way_back(page: Page) -> None:
    page.goto("/ui/executions")

    page.get_by_label("Id of an execution or a flow").fill("nightly")
    expect(page).to_have_url(re.compile("q=nightly"))
    expect(page.locator("#list tbody tr").first).to_contain_text("nightly_load")
    page.locator("#list tbody tr").first.get_by_role("link", name="nightly_load").click()
    page.wait_for_url("**/ui/flows/edit/**")
    page.go_back()

    expect(page.get_by_label("Id of an execution or a flow")).to_have_value("nightly")
    expect(page.locator("#list tbody tr").first).to_contain_text("nightly_load")


def test_pages_work_without_scripts(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    good = FLOW.format(name="plain", commands='"true"')
    page.goto("/ui/flows/new")
    page.get_by_label("Source").fill(good.replace("message:", "massage:"))
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_label("Problems")).to_contain_text("7:")
    page.get_by_label("Source").fill(good)
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Run", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()

    expect(page.locator("#execution-head")).to_contain_text("journey_plain")
    context.close()
