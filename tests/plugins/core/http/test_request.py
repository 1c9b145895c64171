"""core.http.Request, against a real server."""

import base64
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response

from celeriac.core.errors import Killed, StoredFileNotFound, TaskFailed
from celeriac.plugins.core.http.request import Request
from fakes import FakeContext, run_task


@pytest.fixture
def received(httpserver: HTTPServer) -> list[Received]:
    """Answers every request with `ok`, and keeps them."""
    requests: list[Received] = []

    def answer(request: Received) -> Response:
        request.get_data(parse_form_data=True)
        requests.append(request)
        return Response("ok", headers={"X-Kind": "test"})

    httpserver.expect_request(re.compile("/.*")).respond_with_handler(answer)
    return requests


def call(httpserver: HTTPServer, context: FakeContext, **properties: Any) -> dict[str, Any]:
    return dict(run_task(Request, {"uri": httpserver.url_for("/api"), **properties}, context))


def test_the_answer_becomes_outputs(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/api").respond_with_data('{"a": 1}', headers={"X-Two": "2"})

    outputs = call(httpserver, context)

    assert outputs["uri"] == httpserver.url_for("/api")
    assert outputs["code"] == 200
    assert outputs["body"] == '{"a": 1}'
    assert outputs["headers"]["x-two"] == ["2"]


def test_an_answer_without_a_body_has_no_body(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/api").respond_with_data(status=204)

    outputs = call(httpserver, context, method="DELETE")

    assert outputs["code"] == 204
    assert "body" not in outputs


def test_body_and_content_type_are_sent(httpserver: HTTPServer, context: FakeContext, received: list[Received]) -> None:
    call(httpserver, context, method="post", body='{"id": "{{ flow.id }}"}')
    call(httpserver, context, method="PUT", body="<a/>", contentType="text/xml")

    assert [(r.method, r.get_data(), r.content_type) for r in received] == [
        ("POST", b'{"id": "flow"}', "application/json"),
        ("PUT", b"<a/>", "text/xml"),
    ]


def test_a_body_written_as_yaml_is_sent_as_json(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    call(httpserver, context, method="POST", body={"a": [1, "{{ flow.id }}"]})

    assert received[0].json == {"a": [1, "flow"]}


def test_headers_are_rendered_and_win_over_the_content_type(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    headers = {"X-Flow": "{{ flow.id }}", "X-Number": 5, "Content-Type": "text/plain"}

    call(httpserver, context, method="POST", body="x", headers=headers)

    assert received[0].headers["X-Flow"] == "flow"
    assert received[0].headers["X-Number"] == "5"
    assert received[0].content_type == "text/plain"


def test_params_are_added_to_those_of_the_uri(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    run_task(Request, {"uri": httpserver.url_for("/api?a=1"), "params": {"b": "x y", "c": [1, 2]}}, context)

    assert received[0].args.to_dict(flat=False) == {"a": ["1"], "b": ["x y"], "c": ["1", "2"]}


def test_form_data_is_sent_as_a_form(httpserver: HTTPServer, context: FakeContext, received: list[Received]) -> None:
    call(httpserver, context, method="POST", formData={"user": "me", "n": 1})

    assert received[0].form.to_dict() == {"user": "me", "n": "1"}


def test_stored_files_are_sent_as_parts_of_a_form(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    uri = context.files.save(b"a,b", "in.csv")
    form = {
        "text": "hello",
        "file": uri,
        "renamed": {"name": "other.csv", "content": uri},
        "inline": {"name": "note.txt", "content": "hi"},
    }

    call(httpserver, context, method="POST", formData=form, contentType="multipart/form-data")

    files = {name: (file.filename, file.stream.read()) for name, file in received[0].files.items()}
    assert received[0].form.to_dict() == {"text": "hello"}
    assert files == {"file": ("in.csv", b"a,b"), "renamed": ("other.csv", b"a,b"), "inline": ("note.txt", b"hi")}


def test_a_file_that_is_not_stored_fails(httpserver: HTTPServer, context: FakeContext) -> None:
    with pytest.raises(StoredFileNotFound):
        call(httpserver, context, method="POST", formData={"f": "kestra:///no/file"}, contentType="multipart/form-data")


@pytest.mark.parametrize(
    "options",
    [
        {"auth": {"type": "BASIC", "username": "me", "password": "{{ secret('PASSWORD') }}"}},
        {"basicAuthUser": "me", "basicAuthPassword": "{{ secret('PASSWORD') }}"},
    ],
)
def test_basic_authentication_of_both_spellings(
    httpserver: HTTPServer, received: list[Received], options: dict[str, Any]
) -> None:
    context = FakeContext(secret_values={"PASSWORD": "pa:ss"})

    call(httpserver, context, options=options)

    assert received[0].headers["Authorization"] == "Basic " + base64.b64encode(b"me:pa:ss").decode()


def test_bearer_authentication(httpserver: HTTPServer, context: FakeContext, received: list[Received]) -> None:
    call(httpserver, context, options={"auth": {"type": "BEARER", "token": "{{ 'to' ~ 'ken' }}"}})

    assert received[0].headers["Authorization"] == "Bearer token"


def test_digest_authentication_answers_the_challenge(httpserver: HTTPServer, context: FakeContext) -> None:
    def answer(request: Received) -> Response:
        if request.authorization and request.authorization.type == "digest":
            return Response(f"hello {request.authorization.username}")
        return Response(status=401, headers={"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'})

    httpserver.expect_request("/api").respond_with_handler(answer)

    outputs = call(httpserver, context, options={"auth": {"type": "DIGEST", "username": "me", "password": "p"}})

    assert outputs["body"] == "hello me"


def test_an_error_status_fails_with_the_beginning_of_the_body(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/api").respond_with_data("no such product" + "." * 5000, status=404)

    with pytest.raises(
        TaskFailed, match=r"GET http://localhost:\d+/api was answered with 404 NOT FOUND: no such"
    ) as failed:
        call(httpserver, context)
    assert len(str(failed.value)) < 1200


@pytest.mark.parametrize(
    "properties",
    [{"options": {"allowFailed": True}}, {"options": {"allowedResponseCodes": [404]}}, {"allowFailed": "{{ true }}"}],
)
def test_an_error_status_may_be_allowed(
    httpserver: HTTPServer, context: FakeContext, properties: dict[str, Any]
) -> None:
    httpserver.expect_request("/api").respond_with_data("nope", status=404)

    outputs = call(httpserver, context, **properties)

    assert (outputs["code"], outputs["body"]) == (404, "nope")


def test_redirects_are_followed_unless_told_otherwise(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/api").respond_with_data(status=302, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data("arrived")

    assert call(httpserver, context)["body"] == "arrived"
    assert call(httpserver, context, options={"followRedirects": False})["code"] == 302


def test_text_is_decoded_as_the_server_says_else_by_the_default_charset(
    httpserver: HTTPServer, context: FakeContext
) -> None:
    httpserver.expect_ordered_request("/api").respond_with_data("é".encode("latin-1"), content_type="text/plain")
    httpserver.expect_ordered_request("/api").respond_with_data("é".encode(), content_type="text/plain; charset=utf-8")

    options = {"defaultCharset": "ISO-8859-1"}

    assert [call(httpserver, context, options=options)["body"] for _ in range(2)] == ["é", "é"]


def test_a_body_too_large_for_an_output_names_download(httpserver: HTTPServer, context: FakeContext) -> None:
    httpserver.expect_request("/api").respond_with_data("x" * 2000)

    with pytest.raises(TaskFailed, match=r"io\.kestra\.plugin\.core\.http\.Download"):
        call(httpserver, context, options={"maxContentLength": 1000})


def test_what_is_logged_holds_no_credentials(
    httpserver: HTTPServer, context: FakeContext, received: list[Received]
) -> None:
    parts = ["REQUEST_HEADERS", "REQUEST_BODY", "RESPONSE_HEADERS", "RESPONSE_BODY"]

    call(
        httpserver,
        context,
        method="POST",
        body="the body",
        headers={"Authorization": "Bearer abcd"},
        options={"logs": parts},
    )

    logged = "\n".join(context.logger.messages)
    assert "abcd" not in logged
    assert "the body" in logged
    assert "x-kind" in logged
    assert "Response body: ok" in logged


def test_a_refused_connection_names_the_server(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match=r"GET http://127\.0\.0\.1:1/x failed: 127\.0\.0\.1:1 refused the connection"):
        run_task(Request, {"uri": "http://user:secret@127.0.0.1:1/x?token=secret"}, context)


def test_an_unknown_host_is_a_question_of_dns(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match=r"host name no\.such\.host\.invalid cannot be resolved \(DNS\)"):
        run_task(Request, {"uri": "http://no.such.host.invalid/"}, context)


@pytest.mark.parametrize("uri", ["products", "ftp://host/x", "", "http://", "{{ 'a b' }}"])
def test_a_uri_that_is_none_says_what_one_looks_like(context: FakeContext, uri: str) -> None:
    with pytest.raises(TaskFailed, match="must start with http:// or https://"):
        run_task(Request, {"uri": uri}, context)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_silent_server_is_given_up_after_the_read_timeout(context: FakeContext, silent_port: int) -> None:
    options = {"timeout": {"readIdleTimeout": "PT0.2S"}}

    with pytest.raises(TaskFailed, match=rf"127\.0\.0\.1:{silent_port} sent nothing for too long"):
        run_task(Request, {"uri": f"http://127.0.0.1:{silent_port}/", "options": options}, context)


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[HTTPServer]:
    """A server whose certificate nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(host="localhost", ssl_context=context) as server:
        server.expect_request("/api").respond_with_data("hello")
        yield server


def test_a_certificate_that_is_not_trusted_is_refused_with_the_reason(
    self_signed: HTTPServer, context: FakeContext
) -> None:
    with pytest.raises(TaskFailed, match=r"no trusted TLS connection to localhost:\d+: .*self-signed certificate"):
        call(self_signed, context)


@pytest.mark.parametrize("where", ["options", "sslOptions"])
def test_every_certificate_may_be_trusted(self_signed: HTTPServer, context: FakeContext, where: str) -> None:
    trusting = {"insecureTrustAllCertificates": True}

    outputs = call(self_signed, context, **{where: {"ssl": trusting} if where == "options" else trusting})

    assert outputs["body"] == "hello"


def test_a_server_that_speaks_no_tls_is_told(context: FakeContext, httpserver: HTTPServer) -> None:
    with pytest.raises(TaskFailed, match="TLS"):
        run_task(Request, {"uri": f"https://localhost:{httpserver.port}/"}, context)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_waiting_request_ends_when_the_attempt_is_stopped(
    context: FakeContext, silent_port: int, scheme: str
) -> None:
    threading.Timer(0.2, lambda: setattr(context, "stop", True)).start()
    started = time.monotonic()

    with pytest.raises(Killed):
        run_task(Request, {"uri": f"{scheme}://127.0.0.1:{silent_port}/"}, context)
    assert time.monotonic() - started < 2


def test_a_socks_proxy_is_refused_with_a_reason(httpserver: HTTPServer, context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match="SOCKS"):
        call(httpserver, context, options={"proxy": {"type": "SOCKS", "address": "proxy", "port": 1}})


def test_a_request_goes_through_an_http_proxy(context: FakeContext, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("by proxy")
    proxy = {"type": "HTTP", "address": "localhost", "port": httpserver.port}

    outputs = run_task(Request, {"uri": "http://far.invalid/x", "options": {"proxy": proxy}}, context)

    assert outputs["body"] == "by proxy"
