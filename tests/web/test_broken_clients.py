"""Clients that go away, on real sockets."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask

from celeriac.web.api import events
from hand_engine import HandEngine
from serving import served

FLOW = """
id: hello
namespace: examples.web
inputs: [{id: data, type: FILE}]
tasks: [{id: say, type: io.kestra.plugin.core.log.Log, message: a}]
"""


@pytest.fixture
def address(server: Flask) -> Iterator[tuple[str, int]]:
    with served(server) as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("path", ["events?topics=flows", "executions/{id}/follow", "logs/{id}/follow"])
def test_a_stream_ends_within_one_heartbeat_of_its_client(
    server: Flask, by_hand: HandEngine, address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.05)
    by_hand.register(FLOW.replace("inputs: [{id: data, type: FILE}]", ""))
    execution_id = by_hand.app.executions.start("examples.web", "hello")
    connection = socket.create_connection(address)
    connection.sendall(f"GET /api/v1/{path.format(id=execution_id)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b"200 OK" in connection.recv(4096)
    wait_for(lambda: server.extensions["celeriac.streams"].open == 1)

    connection.close()

    wait_for(lambda: server.extensions["celeriac.streams"].open == 0)
    wait_for(lambda: by_hand.app.live.watched == 0)


def test_an_upload_that_breaks_off_starts_nothing(by_hand: HandEngine, address: tuple[str, int]) -> None:
    by_hand.register(FLOW)
    uploads = by_hand.app.settings.tmp_dir / "uploads"
    head = b'--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\n'
    connection = http.client.HTTPConnection(*address)
    connection.putrequest("POST", "/api/v1/executions/examples.web/hello")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", "10000000")
    connection.endheaders(head + b"x" * 200_000)
    wait_for(lambda: any(uploads.glob("*/*/x")))

    connection.close()

    wait_for(lambda: not any(uploads.iterdir()))
    assert by_hand.rows("SELECT id FROM execution") == []
