"""The KV store over HTTP, on every database."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine

KV = "/api/v1/main/namespaces/company.team/kv"


@pytest.fixture
def client(on_each_database: HandEngine) -> FlaskClient:
    return create_app(on_each_database.app).test_client()


@pytest.mark.parametrize(
    ("body", "value", "kind"),
    [
        ("hello", "hello", "STRING"),
        (' "hello" ', "hello", "STRING"),
        ("42", 42, "NUMBER"),
        ("1.0", 1.0, "NUMBER"),
        ("true", True, "BOOLEAN"),
        ('{"a": [1]}', {"a": [1]}, "JSON"),
        ("2026-01-31", "2026-01-31", "DATE"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", "DATETIME"),
        ("2026-13-31", "2026-13-31", "STRING"),
        ("PT5M", "PT5M", "DURATION"),
        ("P99999999999999D", "P99999999999999D", "STRING"),
        ("", "", "STRING"),
        ("null", None, "JSON"),
        ("a\0b", "a\0b", "STRING"),
    ],
)
def test_a_body_becomes_a_value_of_a_type(client: FlaskClient, body: str, value: Any, kind: str) -> None:
    written = client.put(f"{KV}/x", data=body, content_type="text/plain")

    answer = client.get(f"{KV}/x").json
    assert (written.status_code, answer["value"], answer["type"], answer["revision"]) == (204, value, kind, 1)


def test_keys_are_listed_with_what_is_known_of_them(client: FlaskClient) -> None:
    client.put(f"{KV}/b", data="1", headers={"ttl": "PT1H", "description": "how many"})
    client.put(f"{KV}/a", data="1")
    client.put(f"{KV}/a", data="2")

    first, second = client.get(KV).json

    assert (first["key"], first["revision"], first["expirationDate"]) == ("a", 2, None)
    assert (second["key"], second["description"], second["expirationDate"] > second["updateDate"]) == (
        "b",
        "how many",
        True,
    )


def test_keys_of_all_namespaces_are_found(client: FlaskClient) -> None:
    client.put(f"{KV}/last_run", data="1")
    client.put("/api/v1/main/namespaces/other/kv/last-run", data="1")

    found = {q: client.get(f"/api/v1/main/kv?{q}").json for q in ("q=last_", "namespace=other", "size=1")}

    assert [one["key"] for one in found["q=last_"]["results"]] == ["last_run"]
    assert [one["key"] for one in found["namespace=other"]["results"]] == ["last-run"]
    assert (len(found["size=1"]["results"]), found["size=1"]["total"]) == (1, 2)


def test_keys_of_the_namespaces_above_are_inherited(client: FlaskClient) -> None:
    for namespace, key in (("company", "a"), ("company.team", "a"), ("company", "b")):
        client.put(f"/api/v1/main/namespaces/{namespace}/kv/{key}", data="1")

    answer = client.get("/api/v1/main/namespaces/company.team.below/kv/inheritance").json

    assert [(one["namespace"], one["key"]) for one in answer] == [("company.team", "a"), ("company", "b")]


def test_removed_keys_are_gone(client: FlaskClient) -> None:
    for key in ("a", "b", "c"):
        client.put(f"{KV}/{key}", data="1")

    assert client.delete(f"{KV}/a").json is True
    assert client.delete(KV, json={"keys": ["b", "nope"]}).json == {"keys": ["b"]}
    assert client.delete(f"{KV}/a").status_code == 404
    assert client.get(f"{KV}/a").status_code == 404
    assert [one["key"] for one in client.get(KV).json] == ["c"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{KV}/-a", {}),
        (f"{KV}/a b", {}),
        (f"{KV}/{'k' * 300}", {}),
        ("/api/v1/main/namespaces/Upper/kv/a", {}),
        (f"{KV}/a", {"ttl": "soon"}),
        (f"{KV}/a", {"ttl": "-PT1S"}),
        (f"{KV}/a", {"ttl": "P99999999999999D"}),
        (f"{KV}/a", {"ttl": "9" * 30}),
    ],
)
def test_names_and_lifetimes_that_cannot_be_are_refused(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.put(path, data="1", headers=headers)

    assert (answer.status_code, bool(answer.json["errors"])) == (422, True)


def test_a_value_over_5_mb_is_refused(client: FlaskClient) -> None:
    assert client.put(f"{KV}/a", data=b"x" * 5_000_001).status_code == 413


def test_bytes_that_are_no_text_are_refused(client: FlaskClient) -> None:
    assert client.put(f"{KV}/a", data=b"\xff").status_code == 422
