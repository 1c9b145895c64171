"""A stored flow that is not accepted any more, after an upgrade say, can be read, mended and deleted."""

import re

import pytest
from flask.testing import FlaskClient

from hand_engine import HandEngine
from web.dashboard.flow_texts import SLEEPY

PAGE = "/ui/flows/edit/company.other/sleepy"
BAD = SLEEPY.replace("duration:", "length:")
NO_FLOW = BAD.replace("triggers:", "triggers")


@pytest.fixture(autouse=True, params=[BAD, NO_FLOW], ids=["faulty", "no flow"])
def stored(by_hand: HandEngine, request: pytest.FixtureRequest) -> str:
    """The source of the flow, which is there behind the back of the validation."""
    flow = by_hand.app.flows.parse(SLEEPY).flow
    assert flow is not None
    source: str = request.param
    by_hand.app.flows.store.save(flow, source)
    return source


@pytest.mark.parametrize("tab", ["/source", "/edit"])
def test_the_editor_shows_the_source_and_what_is_wrong_where(client: FlaskClient, tab: str) -> None:
    answer = client.get(PAGE + tab)

    assert answer.status_code == 200
    assert re.search(r'<b class="mono">\d+:\d+</b>', answer.text)
    assert "length: PT1H" in answer.text.partition("<flow-editor")[2]


@pytest.mark.parametrize("tab", ["overview", "topology", "executions", "triggers", "canvas"])
def test_other_tabs_tell_why_and_lead_to_the_editor(client: FlaskClient, tab: str) -> None:
    answer = client.get(f"{PAGE}/{tab}")

    assert answer.status_code == 200
    assert re.search(r"would not accept the flow as it is stored. \d+:\d+", answer.text)
    assert f'href="{PAGE}/source">Open the editor' in answer.text


@pytest.mark.parametrize("stored", [NO_FLOW], indirect=True)
def test_what_is_no_flow_any_more_opens_in_the_editor(client: FlaskClient) -> None:
    assert "<flow-editor" in client.get(PAGE).text


@pytest.mark.parametrize("stored", [NO_FLOW], indirect=True)
def test_its_run_form_leads_to_the_source(client: FlaskClient) -> None:
    answer = client.get("/ui/flows/run/company.other/sleepy")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}/source")


def test_a_save_that_mends_it_not_yet_keeps_the_text(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/source", data={"source": BAD.replace("length:", "width:"), "revision": "1"})

    assert answer.status_code == 422
    assert "width: PT1H" in answer.text.partition("<flow-editor")[2]


def test_it_is_mended_by_a_save(client: FlaskClient) -> None:
    client.post(f"{PAGE}/source", data={"source": SLEEPY, "revision": "1"})

    assert "Run</span>" in client.get(PAGE).text


@pytest.mark.parametrize("page", ["/ui/flows", "/ui/flows?tab=sources&q=length", "/ui/", "/ui/triggers"])
def test_lists_do_not_break(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 200


def test_it_is_listed_and_can_be_deleted(client: FlaskClient) -> None:
    before = client.get("/ui/flows").text
    asked = client.get("/ui/flows/delete/company.other/sleepy")
    client.post("/ui/flows/many", data={"action": "delete", "flow": "company.other/sleepy"})

    after = client.get("/ui/flows").text

    assert (asked.status_code, PAGE in before, PAGE in after) == (200, True, False)
