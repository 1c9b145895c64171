"""Flows are written, compared, switched and removed on pages that need no scripts."""

from flask.testing import FlaskClient

from hand_engine import HandEngine
from web.dashboard.flow_texts import HELLO

SOURCE = "/ui/flows/edit/company.team/hello/source"


def test_a_new_flow_is_stored(client: FlaskClient, by_hand: HandEngine) -> None:
    answer = client.post("/ui/flows/new", data={"source": HELLO.replace("\n", "\r\n")})

    assert (answer.status_code, answer.headers["Location"]) == (303, SOURCE)
    assert by_hand.app.flows.source("company.team", "hello").source == HELLO


def test_problems_of_a_new_flow_are_told_with_their_place_and_the_text_is_kept(client: FlaskClient) -> None:
    answer = client.post("/ui/flows/new", data={"source": HELLO.replace("message:", "massage:")})

    assert answer.status_code == 422
    assert '<b class="mono">8:' in answer.text
    assert "massage: " in answer.text


def test_a_new_flow_can_begin_with_the_text_of_another(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(HELLO)

    assert "Says hello" in client.get("/ui/flows/new?from=company.team/hello").text


def test_a_change_is_a_new_revision(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(HELLO)

    client.post(SOURCE, data={"source": HELLO.replace("Says", "Shouts"), "revision": "1"})

    assert by_hand.app.flows.source("company.team", "hello").revision == 2


def test_a_change_of_a_revision_that_is_not_the_newest_is_refused_and_shown_beside(
    client: FlaskClient, by_hand: HandEngine
) -> None:
    by_hand.register(HELLO, HELLO.replace("Says", "Whispers"))

    answer = client.post(SOURCE, data={"source": HELLO.replace("Says", "Shouts"), "revision": "1"})

    assert answer.status_code == 409
    assert "Shouts hello" in answer.text
    assert "Whispers hello" in answer.text
    assert by_hand.app.flows.source("company.team", "hello").revision == 2


def test_two_revisions_are_compared_line_by_line(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(HELLO, HELLO.replace("Says", "Shouts"))

    text = client.get(f"{SOURCE}?revision=2&diff=1").text

    removed, added = text.partition('class="diff-del"')[2], text.partition('class="diff-add"')[2]
    assert "Says hello" in removed.partition("</tr>")[0]
    assert "Shouts hello" in added.partition("</tr>")[0]


def test_flows_are_disabled_and_enabled(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(HELLO)

    client.post("/ui/flows/many", data={"flow": "company.team/hello", "action": "disable"})
    disabled = by_hand.app.flows.index("company.team", "hello").flow.disabled
    client.post("/ui/flows/many", data={"flow": "company.team/hello", "action": "enable"})

    assert (disabled, by_hand.app.flows.index("company.team", "hello").flow.disabled) == (True, False)


def test_a_flow_is_deleted_after_a_question(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(HELLO)

    question = client.post("/ui/flows/many", data={"flow": "company.team/hello", "action": "ask-delete"})
    still_there = client.get("/ui/flows/edit/company.team/hello").status_code
    client.post("/ui/flows/many", data={"flow": "company.team/hello", "action": "delete"})

    assert ("Delete company.team.hello?" in question.text, still_there) == (True, 200)
    assert client.get("/ui/flows/edit/company.team/hello").status_code == 404


def test_the_source_is_exported_as_a_file(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(HELLO)

    answer = client.get("/ui/flows/export/company.team/hello")

    assert answer.text == HELLO
    assert answer.headers["Content-Disposition"] == 'attachment; filename="company.team.hello.yaml"'
