"""The editor in a real browser: problems while typing, saving, and two people at one flow."""

import json
import urllib.request

from playwright.sync_api import Page, expect

from browser.conftest import Watch
from browser.running_server import Server

FLOW = """\
id: {id}
namespace: company.editing
tasks:
  - id: first
    type: io.kestra.plugin.core.debug.Return
    format: {text}
"""


def store(server: Server, flow_id: str, text: str, method: str = "POST") -> None:
    """A flow, or its next revision."""
    path = "/api/v1/flows" + (f"/company.editing/{flow_id}" if method == "PUT" else "")
    body = FLOW.format(id=flow_id, text=text).encode()
    headers = {"Content-Type": "application/x-yaml"}
    with urllib.request.urlopen(urllib.request.Request(server.url + path, body, headers, method=method)):
        pass


def stored(server: Server, flow_id: str) -> dict[str, object]:
    """The newest revision."""
    with urllib.request.urlopen(f"{server.url}/api/v1/flows/company.editing/{flow_id}?source=true") as response:
        document: dict[str, object] = json.load(response)
    return document


def write(page: Page, text: str) -> None:
    """Replaces what the editor holds."""
    page.locator("flow-editor .cm-content").wait_for()
    page.evaluate("text => { document.querySelector('flow-editor').value = text }", text)


def source_page(page: Page, flow_id: str) -> None:
    """Opens a flow's source."""
    page.goto(f"/ui/flows/edit/company.editing/{flow_id}/source")
    page.locator("flow-editor .cm-content").wait_for()


def test_a_problem_is_shown_at_its_place_while_the_flow_is_written(page: Page, watch: Watch) -> None:
    page.goto("/ui/flows/new")

    write(page, FLOW.format(id="wrong", text="x").replace("Return", "Retrun"))

    problem = page.locator(".editor-problems .problem")
    expect(problem).to_contain_text("5:5")
    expect(problem).to_contain_text("did you mean")
    expect(page.locator("flow-editor .cm-lintRange-error")).to_have_count(1)
    assert watch.complaints == []


def test_a_flow_with_errors_is_not_stored(page: Page, watch: Watch) -> None:
    page.goto("/ui/flows/new")
    write(page, FLOW.format(id="wrong", text="x").replace("Return", "Retrun"))

    page.keyboard.press("Control+s")

    expect(page.locator(".toast")).to_contain_text("Not saved: mend the problems below first")
    assert watch.complaints == []


def test_the_place_of_a_problem_leads_into_the_text(page: Page) -> None:
    page.goto("/ui/flows/new")
    write(page, FLOW.format(id="wrong", text="x").replace("Return", "Retrun"))

    page.locator(".editor-problems .link-btn").first.click()

    expect(page.locator("flow-editor .cm-activeLine")).to_contain_text("Retrun")


def test_saving_stays_in_the_editor_with_the_next_revision(page: Page, server: Server, watch: Watch) -> None:
    store(server, "saved", "one")
    source_page(page, "saved")

    write(page, FLOW.format(id="saved", text="two"))
    expect(page.locator(".editor-saved")).to_have_text("Unsaved changes")
    page.keyboard.press("Control+s")

    expect(page.locator(".editor-saved")).to_have_text("Revision 2")
    assert "format: two" in str(stored(server, "saved")["source"])
    assert watch.complaints == []


def test_what_somebody_else_has_saved_meanwhile_is_shown_beside(page: Page, server: Server) -> None:
    store(server, "shared", "one")
    source_page(page, "shared")
    store(server, "shared", "theirs", method="PUT")

    write(page, FLOW.format(id="shared", text="mine"))
    page.keyboard.press("Control+s")

    dialog = page.locator("dialog.editor-conflict")
    expect(dialog).to_contain_text("Somebody else has saved revision 2 meanwhile")
    expect(dialog.locator(".cm-merge-a")).to_contain_text("format: theirs")
    expect(dialog.locator(".cm-merge-b")).to_contain_text("format: mine")
    assert stored(server, "shared")["revision"] == 2


def test_mine_can_be_saved_on_top_of_theirs(page: Page, server: Server) -> None:
    store(server, "upon", "one")
    source_page(page, "upon")
    store(server, "upon", "theirs", method="PUT")
    write(page, FLOW.format(id="upon", text="mine"))
    page.keyboard.press("Control+s")

    page.get_by_role("button", name="Save yours on top").click()

    expect(page.locator(".editor-saved")).to_have_text("Revision 3")
    assert "format: mine" in str(stored(server, "upon")["source"])


def test_theirs_can_be_taken_instead(page: Page, server: Server) -> None:
    store(server, "taken", "one")
    source_page(page, "taken")
    store(server, "taken", "theirs", method="PUT")
    write(page, FLOW.format(id="taken", text="mine"))
    page.keyboard.press("Control+s")

    page.get_by_role("button", name="Take theirs").click()

    expect(page.locator("flow-editor .cm-content")).to_contain_text("format: theirs")
    expect(page.locator(".editor-saved")).to_have_text("Revision 2")
    assert stored(server, "taken")["revision"] == 2
