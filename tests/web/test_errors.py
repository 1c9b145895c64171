"""Every error is a problem document, and nothing that is sent makes one of the server's fault."""

import http.client
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine
from serving import served

FLOWS = "/api/v1/main/flows"
FLOW = "id: a\nnamespace: company\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: x}\n"
KEYS = "/api/v1/main/namespaces/company/kv"


@pytest.fixture
def flask(by_hand: HandEngine) -> Flask:
    return create_app(by_hand.app)


@pytest.fixture
def client(flask: Flask) -> FlaskClient:
    return flask.test_client()


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/nope", 404, "openapi.json"),
        ("GET", "/api/v1/acme/flows/search", 404, "`main`"),
        ("GET", f"{FLOWS}/company/nope", 404, "Unable to find flow"),
        ("DELETE", "/api/v1/main/flows/search", 405, "not allowed"),
        ("GET", f"{FLOWS}/search?size=x", 422, "query/size"),
        ("GET", f"{FLOWS}/search?q=a%00b", 400, "NUL"),
        ("GET", f"{FLOWS}/a%00b", 400, "NUL"),
        ("GET", f"{FLOWS}/{'x' * 2000}", 404, "longer than"),
        ("GET", f"{FLOWS}/%ff%fe/%ed%a0%80", 404, "Unable to find flow"),
    ],
)
def test_an_error_is_a_problem_document(client: FlaskClient, method: str, path: str, status: int, word: str) -> None:
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    document = answer.json
    assert (document["status"], document["type"], document["message"]) == (status, "about:blank", document["detail"])
    assert word in document["detail"]
    assert set(document) >= {"title", "instance"}


def test_a_method_that_is_not_there_tells_those_that_are(client: FlaskClient) -> None:
    assert set(client.put(f"{FLOWS}/a/b/revisions").headers["Allow"].split(", ")) >= {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"keys": NaN}', "application/json", 400),
        (b'{"keys": ["\\ud800"]}', "application/json", 400),
        (b'{"keys": ["\\u0000"]}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"keys": ["a"]}', "text/plain", 415),
        (b"[]", "application/json", 422),
        (b'{"keys": "a"}', "application/json", 422),
        (b'{"keys": [1]}', "application/json", 422),
        (b"x" * 5_000_001, "application/json", 413),
    ],
)
def test_a_json_body_is_read_strictly(client: FlaskClient, body: bytes, content_type: str, status: int) -> None:
    answer = client.delete(KEYS, data=body, content_type=content_type)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_what_is_wrong_in_a_request_is_told_at_once_with_its_place(client: FlaskClient) -> None:
    answer = client.get(f"{FLOWS}/search?size=0&page=x")

    assert {one["pointer"] for one in answer.json["errors"]} == {"query/size", "query/page"}


def test_a_form_is_no_flow(client: FlaskClient) -> None:
    answer = client.post(FLOWS, data={"a": "b"}, content_type="multipart/form-data")

    assert (answer.status_code, "application/x-yaml" in answer.json["detail"]) == (415, True)


def test_bytes_that_are_no_text_are_told_with_their_place(client: FlaskClient) -> None:
    answer = client.post(FLOWS, data="id: ü\nx: ".encode() + b"\xff")

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["line"], error["column"]) == (422, 2, 4)


def test_an_unforeseen_error_is_told_by_an_id_and_logged(
    flask: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("password=hunter2")

    flask.add_url_rule("/api/v1/broken", view_func=broken)
    with caplog.at_level(logging.ERROR):
        answer = flask.test_client().get("/api/v1/broken")

    error_id = answer.json["detail"].rpartition(" ")[2]
    assert (answer.status_code, "hunter2" in answer.text) == (500, False)
    assert error_id in caplog.text and "hunter2" in caplog.text


@pytest.fixture
def url(flask: Flask) -> Iterator[str]:
    with served(flask) as url:
        yield url.removeprefix("http://")


def test_a_flow_of_more_than_5_mb_is_refused_without_a_content_length_too(url: str) -> None:
    connection = http.client.HTTPConnection(url, timeout=30)
    connection.request("POST", FLOWS, (b"#" * 100_000 for _ in range(51)), {"Content-Type": "application/x-yaml"})

    answer = connection.getresponse()

    assert (answer.status, answer.getheader("Content-Type")) == (413, "application/problem+json")
    connection.close()


def test_a_flow_that_comes_in_chunks_is_stored(url: str) -> None:
    connection = http.client.HTTPConnection(url, timeout=30)
    chunks = (FLOW.encode()[i : i + 7] for i in range(0, len(FLOW), 7))
    connection.request("POST", FLOWS, chunks, {"Content-Type": "application/x-yaml"})

    assert connection.getresponse().status == 200
    connection.close()


@pytest.fixture
def together(on_each_database: HandEngine) -> Callable[..., list[Any]]:
    """Sends requests at the same time; gives their statuses."""
    flask = create_app(on_each_database.app)

    def send(*requests: dict[str, Any]) -> list[Any]:
        barrier = threading.Barrier(len(requests))
        answers: list[Any] = [None] * len(requests)

        def one(number: int, request: dict[str, Any]) -> None:
            barrier.wait()
            answers[number] = flask.test_client().open(**request).status_code

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(requests)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return send


def test_of_many_who_create_a_flow_at_once_one_does(together: Callable[..., list[Any]]) -> None:
    statuses = together(*({"path": FLOWS, "method": "POST", "data": f"{FLOW}# {n}\n"} for n in range(6)))

    assert sorted(statuses) == [200] + [422] * 5


def test_of_many_who_change_a_revision_at_once_one_does(together: Callable[..., list[Any]]) -> None:
    together({"path": FLOWS, "method": "POST", "data": FLOW})

    statuses = together(
        *(
            {"path": f"{FLOWS}/company/a", "method": "PUT", "data": f"{FLOW}# {n}\n", "headers": {"If-Match": '"1"'}}
            for n in range(6)
        )
    )

    assert sorted(statuses) == [200] + [409] * 5


def test_many_who_sync_the_same_flows_at_once_all_do(together: Callable[..., list[Any]]) -> None:
    other = FLOW.replace("id: a\nn", "id: b\nn")
    texts = [f"{FLOW}# {n}\n---\n{other}# {n}\n" if n % 2 else f"{other}# {n}\n---\n{FLOW}# {n}\n" for n in range(6)]

    statuses = together(*({"path": f"{FLOWS}/company", "method": "POST", "data": text} for text in texts))

    assert statuses == [200] * 6


def test_many_who_write_a_key_at_once_all_do(together: Callable[..., list[Any]]) -> None:
    statuses = together(*({"path": f"{KEYS}/a", "method": "PUT", "data": str(n)} for n in range(6)))

    assert statuses == [204] * 6
