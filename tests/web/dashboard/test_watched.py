"""Home tells which files of a watched folder could not be deployed."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from celeriac.store.process_store import ProcessStore
from hand_engine import HandEngine

CARD = "Files that could not be deployed"
PROBLEM = {
    "file": "flows/a.yaml",
    "line": 7,
    "column": 5,
    "path": "tasks[0].message",
    "message": "is <missing>",
    "hint": "",
}


def watch(engine: HandEngine, *problems: Mapping[str, Any]) -> None:
    detail = {"folder": "flows", "flows": 1, "problems": list(problems)}
    ProcessStore(engine.app.database).beat("watcher-1", "watcher", "cell", "host", 1, detail)


def test_home_tells_what_is_wrong_in_a_file_and_where(client: FlaskClient, by_hand: HandEngine) -> None:
    watch(by_hand, PROBLEM)

    page = client.get("/ui/").text

    assert CARD in page
    assert "flows/a.yaml:7:5</b>" in page
    assert "is &lt;missing&gt;" in page


def test_the_card_hides_itself_when_the_files_are_mended(client: FlaskClient, by_hand: HandEngine) -> None:
    watch(by_hand, PROBLEM)
    before = client.get("/ui/undeployed").text
    watch(by_hand)

    after = client.get("/ui/undeployed").text

    assert ("hidden>" in before, "hidden>" in after) == (False, True)


def test_nothing_is_told_when_no_folder_is_watched(client: FlaskClient) -> None:
    assert CARD not in client.get("/ui/").text
