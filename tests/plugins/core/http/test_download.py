"""core.http.Download, against a real server."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response

from celeriac.core.errors import Killed, Refused, StorageFailed, TaskFailed
from celeriac.plugins.core.http.download import Download
from celeriac.storage.internal import Storage
from fakes import FakeContext, run_task


def download(httpserver: HTTPServer, context: FakeContext, path: str = "/orders.csv", **more: Any) -> dict[str, Any]:
    return dict(run_task(Download, {"uri": httpserver.url_for(path), **more}, context))


def test_a_file_is_stored_under_the_name_it_has_in_the_address(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/orders.csv").respond_with_data(b"a,b\n1,2\n", headers={"X-Kind": "csv"})

    outputs = download(httpserver, context, path="/orders.csv?token=x")

    assert outputs["uri"].endswith("/tasks/task/run1/1/orders.csv")
    assert context.files.text(outputs["uri"]) == "a,b\n1,2\n"
    assert (outputs["code"], outputs["length"]) == (200, 8)
    assert outputs["headers"]["x-kind"] == ["csv"]
    assert context.metrics["response.length"] == 8


@pytest.mark.parametrize(
    ("properties", "header", "name"),
    [
        ({"saveAs": "{{ flow.id }}.csv"}, 'attachment; filename="sent.csv"', "flow.csv"),
        ({}, 'attachment; filename="sent.csv"', "sent.csv"),
        ({}, "attachment; filename*=UTF-8''%C3%BCnit.csv", "ünit.csv"),
        ({}, 'attachment; filename="../../etc/passwd"', "passwd"),
        ({"saveAs": "dir/other.csv"}, "", "other.csv"),
        ({}, "inline", "orders.csv"),
    ],
)
def test_the_name_comes_from_save_as_else_from_the_server(
    httpserver: HTTPServer, context: FakeContext, properties: dict[str, Any], header: str, name: str
) -> None:
    httpserver.expect_request("/orders.csv").respond_with_data(b"x", headers={"Content-Disposition": header})

    assert download(httpserver, context, **properties)["uri"].rpartition("/")[2] == name


def test_a_name_that_leaves_the_folder_of_the_attempt_is_refused(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/orders.csv").respond_with_data(b"x")

    with pytest.raises(Refused):
        download(httpserver, context, saveAs="../up.csv")


def test_an_address_without_a_name_gives_a_file_called_download(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/").respond_with_data(b"x")

    assert download(httpserver, context, path="/")["uri"].endswith("/download")


def test_a_very_long_name_keeps_its_extension(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/" + "é" * 200 + ".csv").respond_with_data(b"x")

    name = download(httpserver, context, path="/" + "é" * 200 + ".csv")["uri"].rpartition("/")[2]

    assert name.endswith(".csv")
    assert len(name.encode()) <= 150


def test_a_body_of_unknown_length_is_stored_whole(httpserver: HTTPServer, context: FakeContext) -> None:
    def answer(request: Received) -> Response:
        return Response(b"x" * 1000 for _ in range(3000))

    httpserver.expect_request("/orders.csv").respond_with_handler(answer)

    assert download(httpserver, context)["length"] == 3_000_000


def test_an_empty_answer_fails_unless_it_is_allowed(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/orders.csv").respond_with_data(b"")

    with pytest.raises(TaskFailed, match="empty answer"):
        download(httpserver, context)

    outputs = download(httpserver, context, failOnEmptyResponse=False)
    assert outputs["length"] == 0
    assert context.files.text(outputs["uri"]) == ""


def test_an_error_status_fails_and_stores_nothing(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/orders.csv").respond_with_data("gone", status=410)

    with pytest.raises(TaskFailed, match="410 GONE: gone"):
        download(httpserver, context)
    assert list(context.storage.list("kestra:///company/")) == []


@pytest.fixture
def broken_port() -> Iterator[int]:
    """A server that promises more than it sends, then waits to be told to hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 2_000_000)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_an_answer_that_breaks_off_fails_and_stores_nothing(context: FakeContext, broken_port: int) -> None:
    with pytest.raises(TaskFailed, match=rf"GET http://127\.0\.0\.1:{broken_port}/ failed: 127"):
        run_task(Download, {"uri": f"http://127.0.0.1:{broken_port}/"}, context)
    assert list(context.storage.list("kestra:///company/")) == []


def test_a_download_ends_when_the_attempt_is_stopped(httpserver: HTTPServer, context: FakeContext) -> None:
    ended = threading.Event()

    def endless() -> Iterator[bytes]:
        while not ended.wait(0.01):
            yield b"x" * 1000

    httpserver.expect_request("/orders.csv").respond_with_handler(lambda request: Response(endless()))
    threading.Timer(0.2, lambda: setattr(context, "stop", True)).start()

    with pytest.raises(Killed):
        download(httpserver, context)
    ended.set()


def test_a_storage_that_cannot_be_written_is_named(httpserver: HTTPServer, tmp_path: Any) -> None:
    httpserver.expect_request("/orders.csv").respond_with_data(b"x" * 100)
    context = FakeContext(storage=Storage.connect(tmp_path.as_uri()))
    (tmp_path / "company").write_text("a file where a folder is needed")

    with pytest.raises(StorageFailed, match=str(tmp_path)):
        download(httpserver, context)
