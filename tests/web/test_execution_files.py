"""Files of executions over HTTP: downloads, sizes, previews, and what belongs to others."""

import io
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hand_engine import HandEngine

FLOW = """
id: files
namespace: examples.web
inputs:
  - {id: data, type: FILE}
  - {id: token, type: SECRET, required: false}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hello}
"""
SECRET = "very-secret-token"


class Sent:
    """An execution with a file."""

    def __init__(self, api: FlaskClient, content: bytes, name: str) -> None:
        self._api = api
        answer = api.post(
            "/api/v1/main/executions/examples.web/files", data={"data": (io.BytesIO(content), name), "token": SECRET}
        )
        self.id, self.uri = answer.json["id"], answer.json["inputs"]["data"]

    def ask(self, kind: str = "", uri: str = "", **query: object) -> TestResponse:
        rest = "".join(f"&{name}={value}" for name, value in query.items())
        return self._api.get(f"/api/v1/main/executions/{self.id}/file{kind}?path={quote(uri or self.uri)}{rest}")


Send = Callable[..., Sent]


@pytest.fixture
def send(api: FlaskClient, by_hand: HandEngine) -> Send:
    by_hand.register(FLOW)
    return lambda content, name="data.bin": Sent(api, content, name)


def test_a_file_is_downloaded_as_it_is(send: Send) -> None:
    answer = send(b"\0\1\2" * 1000, 'naïve "name".html').ask()

    assert (answer.status_code, answer.data) == (200, b"\0\1\2" * 1000)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_size_of_a_file_is_told(send: Send) -> None:
    assert send(b"x" * 1234).ask("/metas").json == {"size": 1234}


def test_secrets_of_the_execution_are_stars_in_its_files(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celeriac.services.downloads.CHUNK_BYTES", 5)
    file = send(f"a {SECRET} b {SECRET[:5]} {SECRET}".encode(), "x.txt")

    assert file.ask().data == b"a ****** b very- ******"
    assert file.ask("/preview").json["content"] == "a ****** b very- ******"


def test_files_of_other_executions_are_refused(send: Send) -> None:
    mine, other = send(b"mine"), send(b"other")

    assert mine.ask(uri=other.uri).status_code == 409


def test_files_of_the_namespace_are_read_and_no_others(send: Send, by_hand: HandEngine) -> None:
    for namespace in ("examples.web", "examples"):
        by_hand.app.surroundings.namespace_files.put(namespace, "a/b.txt", namespace.encode())
    file = send(b"x")

    assert file.ask(uri="nsfile:///a/b.txt").data == b"examples.web"
    assert file.ask(uri="kestra:///examples/web/_files/a/b.txt").data == b"examples.web"
    assert file.ask(uri="nsfile://examples/a/b.txt").status_code == 409
    assert file.ask(uri="kestra:///examples/_files/a/b.txt").status_code == 409


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("kestra:///examples/web/_files/../../x", 409),
        ("file:///etc/passwd", 409),
        ("/etc/passwd", 409),
        ("kestra:///examples/web/_files/none", 404),
    ],
)
def test_what_is_no_file_of_the_execution_is_refused(send: Send, uri: str, status: int) -> None:
    assert [send(b"x").ask(kind, uri=uri).status_code for kind in ("", "/metas", "/preview")] == [status] * 3


@pytest.mark.parametrize(
    ("name", "content", "kind", "shown"),
    [
        ("a.csv", b"x,y\n1,2\n3,4\n", "LIST", [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]),
        ("a.csv", b'x,\n"1\n2",3\n', "LIST", [{"x": "1\n2", "column 2": "3"}]),
        ("a.jsonl", b'{"a": 1}\n\n{"a": null}\n', "LIST", [{"a": 1}, {"a": None}]),
        ("a.ion", b'{a: 1, b: "x"}\n{a: 2}\n', "LIST", [{"a": 1, "b": "x"}, {"a": 2}]),
        ("a.txt", b"one\ntwo\n", "TEXT", "one\ntwo"),
        ("a.md", b"# one", "MARKDOWN", "# one"),
        ("a", b"one", "TEXT", "one"),
        ("a.json", b'{"a": 1}', "TEXT", '{"a": 1}'),
        ("a.jsonl", b"no json", "TEXT", "no json"),
        ("empty", b"", "TEXT", ""),
        ("a.bin", b"\0\1AB\xff", "BINARY", "00000000  00 01 41 42 ff                                   ..AB."),
    ],
)
def test_the_beginning_of_a_file_is_shown(send: Send, name: str, content: bytes, kind: str, shown: object) -> None:
    found = send(content, name).ask("/preview").json

    assert (found["type"], found["content"], found["truncated"]) == (kind, shown, False)


def test_a_preview_has_only_so_many_rows(send: Send) -> None:
    content = b"n\n" + b"".join(b"%d\n" % number for number in range(50))
    rows = send(content, "a.csv").ask("/preview", maxRows=2).json
    lines = send(content, "a.txt").ask("/preview", maxRows=2).json

    assert (rows["content"], rows["truncated"]) == ([{"n": "0"}, {"n": "1"}], True)
    assert (lines["content"], lines["truncated"]) == ("n\n0", True)


def test_a_preview_reads_only_the_beginning(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celeriac.services.previews.MOST_BYTES", 12)

    found = send(b"n\n" + b"1234\n" * 100, "a.csv").ask("/preview").json

    assert (found["content"], found["truncated"], found["size"]) == ([{"n": "1234"}, {"n": "1234"}], True, 502)


def test_a_preview_reads_other_encodings(send: Send) -> None:
    file = send("größe".encode("latin-1"), "a.txt")

    assert file.ask("/preview", encoding="ISO-8859-1").json["content"] == "größe"
    names = ("nope", "hex", "punycode", "idna")
    assert {file.ask("/preview", encoding=name).status_code for name in names} == {409}
