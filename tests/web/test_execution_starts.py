"""Starting executions over HTTP: bodies of every kind, files of any size, keys that count once."""

import io
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.http.errors import NoMoreData

from celeriac.storage.secrets import Secrets
from celeriac.web import create_app, uploads
from hand_engine import HandEngine

FLOW = """
id: hello
namespace: examples.web
inputs:
  - {id: n, type: INT, defaults: 1}
  - {id: text, type: STRING, required: false}
  - {id: data, type: FILE, required: false}
  - {id: token, type: SECRET, required: false}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.n }}"}
"""
PATH = "/api/v1/main/executions/examples.web/hello"


@pytest.fixture(autouse=True)
def flow(by_hand: HandEngine) -> None:
    by_hand.register(FLOW)


def started(engine: HandEngine) -> int:
    """How many executions there are."""
    return len(engine.rows("SELECT id FROM execution"))


def leftovers(engine: HandEngine) -> list[Path]:
    """What uploads have left behind."""
    return list((engine.app.settings.tmp_dir / "uploads").glob("*"))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"data": {}},
        {"data": {}, "content_type": "multipart/form-data"},
        {"data": b"", "content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_flow_without_inputs_to_give_starts_by_an_empty_body(api: FlaskClient, sent: dict[str, Any]) -> None:
    answer = api.post(PATH, **sent)

    assert (answer.status_code, answer.json["state"]["current"], answer.json["taskRunList"]) == (200, "CREATED", [])


@pytest.mark.parametrize("content_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_inputs_come_as_a_form(api: FlaskClient, content_type: str) -> None:
    answer = api.post(PATH, data={"n": "7", "text": "ünï = & ;"}, content_type=content_type)

    assert (answer.json["inputs"]["n"], answer.json["inputs"]["text"]) == (7, "ünï = & ;")


def test_the_answer_is_what_reading_the_execution_answers(api: FlaskClient) -> None:
    created = api.post(f"{PATH}?labels=team:data", data={"token": "very-secret"}).json

    read = api.get(f"/api/v1/executions/{created['id']}").json
    for document in (created, read):
        document["labels"].sort(key=lambda label: label["key"])
    assert read == created
    assert created["url"] == f"http://localhost/ui/executions/examples.web/hello/{created['id']}"
    assert created["inputs"]["token"] == "******"


@pytest.mark.parametrize(("part", "name"), [("data", "table.csv"), ("files", "data")])
def test_a_file_is_a_part_of_its_own_name_or_one_named_files(
    api: FlaskClient, by_hand: HandEngine, part: str, name: str
) -> None:
    answer = api.post(PATH, data={part: (io.BytesIO(b"a,b\n"), name)})

    with by_hand.app.files.open(answer.json["inputs"]["data"]) as file:
        assert file.read() == b"a,b\n"
    assert answer.json["inputs"]["data"].endswith(f"/inputs/data/{name}")
    assert leftovers(by_hand) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\a\\b.txt", "..", "x" * 400 + ".csv", "naïve file.csv"])
def test_the_name_of_a_file_leads_nowhere(api: FlaskClient, by_hand: HandEngine, name: str) -> None:
    answer = api.post(PATH, data={"data": (io.BytesIO(b"x"), name)})

    uri = answer.json["inputs"]["data"]
    assert answer.status_code == 200
    assert "/.." not in uri
    assert uri.rpartition("/")[0].endswith("/inputs/data")
    with by_hand.app.files.open(uri) as file:
        assert file.read() == b"x"


def test_a_file_input_for_which_no_file_was_chosen_is_not_given(api: FlaskClient) -> None:
    answer = api.post(PATH, data={"data": (io.BytesIO(b""), "")})

    assert (answer.status_code, answer.json["inputs"]["data"]) == (200, None)


def test_a_file_where_a_text_belongs_is_refused(api: FlaskClient) -> None:
    answer = api.post(PATH, data={"text": (io.BytesIO(b"x"), "x.txt")})

    assert answer.status_code == 422
    assert answer.json["detail"].endswith("a file was sent for an input of type STRING")


@pytest.mark.parametrize("content_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_text_of_more_than_5_mb_is_refused(api: FlaskClient, by_hand: HandEngine, content_type: str) -> None:
    answer = api.post(PATH, data={"text": "x" * 5_000_001}, content_type=content_type)

    assert (answer.status_code, started(by_hand)) == (413, 0)


def test_many_texts_are_refused_by_their_sum(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FORM", 100_000)

    answer = api.post(PATH, data={f"x{number}": "x" * 4000 for number in range(50)}, content_type="multipart/form-data")

    assert answer.status_code == 413


def test_a_large_file_beside_small_texts_is_no_large_form(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FORM", 200_000)

    assert api.post(PATH, data={"n": "2", "data": (io.BytesIO(b"x" * 2_000_000), "x")}).status_code == 200


class Large(io.RawIOBase):
    """A form with one large file, made as it is read."""

    def __init__(self, size: int) -> None:
        self._head = io.BytesIO(b'--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\n')
        self._tail = io.BytesIO(b"\r\n--b--\r\n")
        self._left = size
        self.size = size + len(self._head.getvalue()) + len(self._tail.getvalue())

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # io passes a writable memoryview
        if data := self._head.read(len(buffer)):
            buffer[: len(data)] = data
            return len(data)
        count = min(self._left, len(buffer))
        if not count:
            data = self._tail.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)
        buffer[:count] = bytes(count)
        self._left -= count
        return count


def test_a_large_file_takes_no_memory(api: FlaskClient) -> None:
    body = Large(80_000_000)
    tracemalloc.start()

    sent = {"CONTENT_TYPE": "multipart/form-data; boundary=b", "CONTENT_LENGTH": str(body.size), "wsgi.input": body}
    answer = api.post(PATH, environ_overrides=sent)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (answer.status_code, peak < 40_000_000) == (200, True)


def test_too_many_parts_are_refused(api: FlaskClient) -> None:
    data = {f"x{number}": "x" for number in range(1001)}

    assert api.post(PATH, data=data, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n7',
        b'--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\nhalf',
        b"no form at all",
    ],
)
def test_a_form_that_is_cut_short_starts_nothing(api: FlaskClient, by_hand: HandEngine, body: bytes) -> None:
    answer = api.post(PATH, data=body, content_type="multipart/form-data; boundary=b")

    assert (answer.status_code, started(by_hand), leftovers(by_hand)) == (400, 0, [])


def test_a_client_that_goes_away_halfway_leaves_nothing(api: FlaskClient, by_hand: HandEngine) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\n' + b"x" * 100_000

    answer = api.post(
        PATH,
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=b",
        headers={"Content-Length": str(10 * len(body))},
    )

    assert (answer.status_code, started(by_hand), leftovers(by_hand)) == (400, 0, [])


def test_a_body_whose_chunks_are_broken_is_refused(api: FlaskClient, by_hand: HandEngine) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # io passes a writable memoryview
            raise NoMoreData

    sent = {"CONTENT_TYPE": "multipart/form-data; boundary=b", "wsgi.input": Broken(), "wsgi.input_terminated": True}
    answer = api.post(PATH, environ_overrides=sent | {"HTTP_TRANSFER_ENCODING": "chunked"})

    assert (answer.status_code, started(by_hand)) == (400, 0)


def test_a_full_disk_is_told_and_starts_nothing(
    api: FlaskClient, by_hand: HandEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "open_file", lambda path: io.FileIO("/dev/full", "r+"))

    answer = api.post(PATH, data={"data": (io.BytesIO(b"x" * 100_000), "x")})

    assert (answer.status_code, started(by_hand), leftovers(by_hand)) == (503, 0, [])
    assert "disk for uploads is full" in answer.json["detail"]


def test_what_killed_processes_have_left_is_removed(
    api: FlaskClient, by_hand: HandEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = by_hand.app.settings.tmp_dir / "uploads" / "old"
    folder.mkdir(parents=True)
    monkeypatch.setattr(uploads, "_ABANDONED_S", -1)

    api.post(PATH, data={"data": (io.BytesIO(b"x"), "x")})

    assert leftovers(by_hand) == []


def test_a_body_that_is_no_form_is_refused(api: FlaskClient, by_hand: HandEngine) -> None:
    assert (api.post(PATH, json={"n": 7}).status_code, started(by_hand)) == (415, 0)


def test_a_nul_character_is_refused(api: FlaskClient) -> None:
    assert api.post(PATH, data={"text": "a\0b"}).status_code == 400


def test_the_same_key_starts_one_execution(api: FlaskClient, by_hand: HandEngine) -> None:
    first, again = (api.post(PATH, data={"n": "7"}, headers={"Idempotency-Key": "k"}) for _ in range(2))
    other = api.post(PATH, headers={"Idempotency-Key": "other"})

    assert first.json["id"] == again.json["id"] != other.json["id"]
    assert ("Idempotent-Replayed" in first.headers, "Idempotent-Replayed" in again.headers) == (False, True)
    assert started(by_hand) == 2


@pytest.mark.parametrize(
    "query",
    ["labels=novalue", "labels=Upper:x", "labels=system.x:y", "revision=0", "revision=x", "scheduleDate=soon"],
)
def test_a_query_that_makes_no_sense_is_refused(api: FlaskClient, by_hand: HandEngine, query: str) -> None:
    assert (api.post(f"{PATH}?{query}").status_code, started(by_hand)) == (422, 0)


def test_an_execution_can_wait_for_its_date(api: FlaskClient) -> None:
    answer = api.post(f"{PATH}?scheduleDate=2099-01-01T10:00:00%2B02:00")

    assert answer.json["scheduleDate"] == "2099-01-01T08:00:00.000000Z"


def test_who_waits_gets_the_execution_when_it_has_ended(server: Flask, by_hand: HandEngine) -> None:
    work = threading.Thread(target=by_hand.wait_for, args=(lambda: by_hand.drain() or is_over.is_set(), "the answer"))
    is_over = threading.Event()
    work.start()

    answer = server.test_client().post(f"{PATH}?wait=true")
    is_over.set()
    work.join()

    assert answer.json["state"]["current"] == "SUCCESS"
    assert [run["taskId"] for run in answer.json["taskRunList"]] == ["say"]
    assert server.extensions["celeriac.streams"].open == 0


def test_old_clients_start_by_the_old_path(api: FlaskClient) -> None:
    assert api.post("/api/v1/executions/trigger/examples.web/hello", data={"n": "3"}).json["inputs"]["n"] == 3


def test_inputs_are_tried_without_starting(api: FlaskClient, by_hand: HandEngine) -> None:
    answer = api.post(f"{PATH}/validate", data={"n": "x", "token": "very-secret"})

    found = {one["input"]["id"]: one for one in answer.json["inputs"]}
    assert "Invalid value for input `n`" in found["n"]["errors"][0]["message"]
    assert (found["token"]["value"], found["text"]["value"], found["text"]["isDefault"]) == ("******", None, False)
    assert ("very-secret" in answer.text, started(by_hand)) == (False, 0)


WITH_SECRETS = """
id: secretive
namespace: examples.web
inputs:
  - {id: text, type: STRING, defaults: "Bearer {{ secret('KEY') }}"}
  - {id: n, type: INT, defaults: "{{ secret('KEY') }}"}
  - {id: data, type: FILE, required: false}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hello}
"""


@pytest.fixture
def secretive(by_hand: HandEngine) -> None:
    """A flow whose inputs read the secret `opensesame`."""
    app = by_hand.app
    app.surroundings = replace(app.surroundings, secrets=Secrets({"KEY": "b3BlbnNlc2FtZQ=="}))
    by_hand.register(WITH_SECRETS)


@pytest.mark.usefixtures("secretive")
@pytest.mark.parametrize("more", ["", "/validate"])
def test_secrets_that_inputs_read_are_not_told(by_hand: HandEngine, more: str) -> None:
    answer = create_app(by_hand.app).test_client().post(f"/api/v1/executions/examples.web/secretive{more}")

    assert "Invalid value for input `n`" in answer.text
    assert "opensesame" not in answer.text


@pytest.mark.usefixtures("secretive")
def test_no_file_stays_when_another_input_is_invalid(by_hand: HandEngine) -> None:
    answer = (
        create_app(by_hand.app)
        .test_client()
        .post("/api/v1/executions/examples.web/secretive", data={"data": (io.BytesIO(b"x"), "x.txt")})
    )

    assert answer.status_code == 422
    assert list(by_hand.app.surroundings.storage.list("kestra:///examples/")) == []


@pytest.mark.parametrize("path", ["/executions/examples.web/nope", "/executions/examples.web/nope/validate"])
def test_a_flow_that_is_not_there_is_404(api: FlaskClient, path: str) -> None:
    assert api.post(f"/api/v1{path}").status_code == 404
