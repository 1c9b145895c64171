"""Flows over HTTP, on every database."""

import io
import zipfile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from celeriac.web import create_app
from hand_engine import HandEngine

BASE = "/api/v1/main/flows"
HELLO = """\
# keep me
id: hello
namespace: company.team
description: Says hello to the world
labels:
  team: data
inputs:
  - {id: name, type: STRING, defaults: world}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.name }}"}
"""


@pytest.fixture
def client(on_each_database: HandEngine) -> FlaskClient:
    return create_app(on_each_database.app).test_client()


def flow(flow_id: str, namespace: str = "company.team", more: str = "") -> str:
    task = "{id: say, type: io.kestra.plugin.core.log.Log, message: hi}"
    return f"id: {flow_id}\nnamespace: {namespace}\n{more}tasks:\n  - {task}\n"


def send(client: FlaskClient, *texts: str) -> None:
    for text in texts:
        answer = client.post(BASE, data=text, content_type="application/x-yaml")
        assert answer.status_code == 200, answer.text


def ids(answer: TestResponse) -> list[str]:
    return [one["id"] for one in answer.json["results"]]


def test_a_new_flow_is_answered_as_data_with_its_source(client: FlaskClient) -> None:
    answer = client.post(BASE, data=HELLO)

    document = answer.json
    assert {key: document[key] for key in ("id", "namespace", "revision", "disabled", "deleted", "source")} == {
        "id": "hello",
        "namespace": "company.team",
        "revision": 1,
        "disabled": False,
        "deleted": False,
        "source": HELLO,
    }
    assert document["labels"] == [{"key": "team", "value": "data"}]
    assert document["tasks"][0]["type"] == "io.kestra.plugin.core.log.Log"
    assert document["updated"].endswith("Z")


def test_a_flow_that_exists_is_not_created_again(client: FlaskClient) -> None:
    send(client, HELLO)

    answer = client.post(BASE, data=HELLO)

    assert (answer.status_code, answer.json["errors"][0]["message"]) == (422, "Flow id already exists")
    assert (answer.json["errors"][0]["pointer"], answer.json["errors"][0]["line"]) == ("id", 2)


def test_a_removed_flow_can_be_created_again_as_a_later_revision(client: FlaskClient) -> None:
    send(client, HELLO)
    client.delete(f"{BASE}/company.team/hello")

    answer = client.post(BASE, data=HELLO)

    assert (answer.status_code, answer.json["revision"]) == (200, 3)


def test_a_flow_is_read_with_its_source_only_when_asked(client: FlaskClient) -> None:
    send(client, HELLO)

    without, with_source = (client.get(f"{BASE}/company.team/hello?source={one}").json for one in ("false", "true"))

    assert ("source" in without, with_source["source"]) == (False, HELLO)


def test_an_older_revision_is_read_by_its_number(client: FlaskClient) -> None:
    send(client, HELLO)
    client.put(f"{BASE}/company.team/hello", data=HELLO.replace("world", "moon"))

    answer = client.get(f"{BASE}/company.team/hello?revision=1&source=true")

    assert (answer.json["revision"], answer.json["source"]) == (1, HELLO)


def test_an_update_makes_a_revision_and_the_same_text_none(client: FlaskClient) -> None:
    send(client, HELLO)
    changed = HELLO.replace("world", "moon")

    revisions = [client.put(f"{BASE}/company.team/hello", data=text).json["revision"] for text in (changed, changed)]

    assert revisions == [2, 2]


def test_an_update_of_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.put(f"{BASE}/company.team/hello", data=HELLO).status_code == 404


@pytest.mark.parametrize("name", ["id", "namespace"])
def test_an_update_cannot_rename_a_flow(client: FlaskClient, name: str) -> None:
    send(client, HELLO)

    answer = client.put(f"{BASE}/company.team/hello", data=HELLO.replace(f"\n{name}: ", f"\n{name}: x"))

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, name)


def test_who_saves_second_gets_the_newer_revision_with_its_source(client: FlaskClient) -> None:
    send(client, HELLO)
    etag = client.get(f"{BASE}/company.team/hello").headers["ETag"]
    newer = HELLO.replace("world", "moon")
    first = client.put(f"{BASE}/company.team/hello", data=newer, headers={"If-Match": etag})

    second = client.put(f"{BASE}/company.team/hello", data=HELLO + "# mine\n", headers={"If-Match": etag})

    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert (second.status_code, second.json["revision"], second.json["source"]) == (409, 2, newer)


def test_the_revision_in_the_query_guards_as_the_header_does(client: FlaskClient) -> None:
    send(client, HELLO)
    client.put(f"{BASE}/company.team/hello", data=HELLO + "# 2\n")

    answer = client.put(f"{BASE}/company.team/hello?revision=1", data=HELLO + "# 3\n")

    assert answer.status_code == 409


def test_an_unchanged_flow_is_not_sent_again(client: FlaskClient) -> None:
    send(client, HELLO)
    etag = client.get(f"{BASE}/company.team/hello").headers["ETag"]

    assert client.get(f"{BASE}/company.team/hello", headers={"If-None-Match": etag}).status_code == 304


def test_a_removed_flow_is_gone_but_its_revisions_are_not(client: FlaskClient) -> None:
    send(client, HELLO)

    removed = client.delete(f"{BASE}/company.team/hello")

    assert (removed.status_code, removed.data) == (204, b"")
    assert client.get(f"{BASE}/company.team/hello").status_code == 404
    assert client.get(f"{BASE}/company.team/hello?allowDeleted=true").json["deleted"] is True
    assert [one["deleted"] for one in client.get(f"{BASE}/company.team/hello/revisions").json] == [False, True]
    assert client.delete(f"{BASE}/company.team/hello").status_code == 404


def test_a_search_finds_parts_of_names_and_descriptions(client: FlaskClient) -> None:
    send(client, HELLO, flow("other"), flow("third", "private"))

    found = {q: ids(client.get(f"{BASE}/search?q={q}")) for q in ("HELLO", "team.oth", "the world", "100%", "")}

    assert found == {
        "HELLO": ["hello"],
        "team.oth": ["other"],
        "the world": ["hello"],
        "100%": [],
        "": ["hello", "other", "third"],
    }


def test_a_search_takes_a_namespace_with_those_below_it(client: FlaskClient) -> None:
    send(client, flow("a", "company"), flow("b", "company.team"), flow("c", "company2"), flow("d", "company-x"))

    assert ids(client.get(f"{BASE}/search?namespace=company")) == ["a", "b"]
    assert ids(client.get(f"{BASE}/search?filters[namespace][EQUALS]=company")) == ["a"]
    assert ids(client.get(f"{BASE}/search?filters[namespace][STARTS_WITH]=company")) == ["a", "b"]


def test_a_search_takes_labels(client: FlaskClient) -> None:
    send(client, HELLO, flow("other", more="labels: {team: data, kind: report}\n"), flow("third"))

    assert ids(client.get(f"{BASE}/search?labels=team:data&labels=kind:report")) == ["other"]
    assert ids(client.get(f"{BASE}/search?filters[labels][EQUALS][team]=data")) == ["hello", "other"]


def test_a_search_is_sorted_and_paged_and_counts_all(client: FlaskClient) -> None:
    send(client, *(flow(f"f{number}") for number in range(5)))

    answer = client.get(f"{BASE}/search?sort=id:desc&page=2&size=2")

    assert (ids(answer), answer.json["total"]) == (["f2", "f1"], 5)


@pytest.mark.parametrize(
    "query",
    [
        "size=1001",
        "size=0",
        "page=0",
        "page=9999999999999999999999",
        "page=x",
        "sort=password:asc",
        "sort=id:up",
        "labels=team",
        "filters[state][EQUALS]=x",
        "filters[x=1",
        "q=" + "x" * 300,
    ],
)
def test_a_search_refuses_what_it_does_not_know(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{BASE}/search?{query}")

    assert (answer.status_code, answer.json["status"], bool(answer.json["errors"])) == (422, 422, True)


def test_a_search_in_sources_marks_the_lines(client: FlaskClient) -> None:
    send(client, HELLO, flow("other"))

    answer = client.get(f"{BASE}/source?q=KEEP ME").json

    assert (answer["total"], answer["results"][0]["id"]) == (1, "hello")
    assert answer["results"][0]["fragments"] == ["# [mark]keep me[/mark]"]
    assert answer["results"][0]["matches"] == [{"line": 1, "text": "# keep me", "start": 2, "end": 9}]


def test_namespaces_and_the_flows_of_one_are_listed(client: FlaskClient) -> None:
    send(client, flow("a", "company"), flow("b", "company.team"), flow("gone", "old"))
    client.delete(f"{BASE}/old/gone")

    assert client.get(f"{BASE}/distinct-namespaces").json == ["company", "company.team"]
    assert [one["id"] for one in client.get(f"{BASE}/company").json] == ["a"]


def test_many_flows_are_stored_at_once(client: FlaskClient) -> None:
    answer = client.post(f"{BASE}/bulk", data="---\n".join([flow("a"), flow("b", "other")]))

    assert [(one["namespace"], one["id"]) for one in answer.json] == [("company.team", "a"), ("other", "b")]
    assert answer.json[1]["source"] == flow("b", "other")


def test_one_bad_flow_of_many_stops_all_and_is_told_at_its_line_of_the_file(client: FlaskClient) -> None:
    bad = flow("b").replace("message", "messag")

    answer = client.post(f"{BASE}/bulk", data="---\n".join([flow("a"), bad]))

    assert answer.status_code == 422
    assert {one["line"] for one in answer.json["errors"]} == {9}
    assert client.get(f"{BASE}/search").json["total"] == 0


def test_a_synced_namespace_loses_the_flows_that_were_not_sent(client: FlaskClient) -> None:
    send(client, flow("a"), flow("b"), flow("c", "company.team.below"))

    answer = client.post(f"{BASE}/company.team?delete=true", data=flow("a") + "---\n" + flow("d"))

    assert [(one["id"], one["deleted"]) for one in answer.json] == [("a", False), ("d", False), ("b", True)]
    assert ids(client.get(f"{BASE}/search")) == ["a", "d", "c"]


def test_a_synced_namespace_keeps_the_others_unless_told(client: FlaskClient) -> None:
    send(client, flow("a"))

    client.post(f"{BASE}/company.team", data=flow("b"))

    assert ids(client.get(f"{BASE}/search")) == ["a", "b"]


def test_a_flow_of_another_namespace_is_refused_or_put_there(client: FlaskClient) -> None:
    refused = client.post(f"{BASE}/company", data=flow("a", "other"))
    put = client.post(f"{BASE}/company?override=true", data=flow("a", "other"))

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "namespace")
    assert (put.json[0]["namespace"], put.json[0]["source"]) == ("company", flow("a", "company"))


def test_an_empty_text_removes_no_namespace(client: FlaskClient) -> None:
    send(client, flow("a"))

    answer = client.post(f"{BASE}/company.team?delete=true", data="")

    assert (answer.status_code, ids(client.get(f"{BASE}/search"))) == (422, ["a"])


def test_removing_all_others_everywhere_is_refused(client: FlaskClient) -> None:
    assert client.post(f"{BASE}/bulk?delete=true", data=flow("a")).status_code == 422


def test_flows_are_disabled_and_enabled_in_their_text(client: FlaskClient) -> None:
    send(client, HELLO)
    keys = [{"namespace": "company.team", "id": "hello"}, {"namespace": "no", "id": "body"}]

    disabled = client.post(f"{BASE}/disable/by-ids", json=keys).json
    between = client.get(f"{BASE}/company.team/hello?source=true").json
    enabled = client.post(f"{BASE}/enable/by-ids", json=keys).json
    after = client.get(f"{BASE}/company.team/hello?source=true").json

    assert (disabled, enabled) == ({"count": 1}, {"count": 1})
    assert (between["disabled"], after["disabled"]) == (True, False)
    assert between["source"] == HELLO.replace("id: hello", "disabled: true\nid: hello")
    assert client.post(f"{BASE}/enable/by-ids", json=keys).json == {"count": 0}


def test_flows_are_removed_by_their_ids(client: FlaskClient) -> None:
    send(client, flow("a"), flow("b"))

    answer = client.delete(f"{BASE}/delete/by-ids", json=[{"namespace": "company.team", "id": "a"}])

    assert (answer.json, ids(client.get(f"{BASE}/search"))) == ({"count": 1}, ["b"])


def test_what_was_exported_is_imported_again(client: FlaskClient) -> None:
    send(client, HELLO, flow("other"))
    packed = client.get(f"{BASE}/export/by-query?q=hello").data
    client.delete(f"{BASE}/company.team/hello")

    answer = client.post(f"{BASE}/import", data={"fileUpload": (io.BytesIO(packed), "flows.zip")})

    assert (answer.status_code, answer.json) == (200, [])
    assert client.get(f"{BASE}/company.team/hello?source=true").json["source"] == HELLO


def test_an_import_can_pass_over_what_is_invalid(client: FlaskClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("good.yml", HELLO)
        archive.writestr("bad.yml", "id: [")
    packed.seek(0)

    answer = client.post(f"{BASE}/import?failOnError=false", data={"fileUpload": (packed, "flows.zip")})

    assert [one.partition(":")[0] for one in answer.json] == ["bad.yml"]
    assert ids(client.get(f"{BASE}/search")) == ["hello"]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_an_import_says_that_a_zip_is_broken(client: FlaskClient, method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("flow.yml", HELLO)
    data = bytearray(packed.getvalue())
    begin = 30 + len("flow.yml")
    data[begin : begin + 40] = b"\xff" * 40

    answer = client.post(f"{BASE}/import", data={"fileUpload": (io.BytesIO(data), "flows.zip")})

    assert (answer.status_code, answer.json["detail"].partition(":")[0]) == (400, "The ZIP cannot be read")
