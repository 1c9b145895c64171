"""What passes between a browser and Flower, and what does not. Flower is played by a server that remembers."""

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from celeriac.dispatch.publisher import NoPublisher
from celeriac.services import clock
from celeriac.services.passwords import Passwords
from celeriac.services.users import Users
from celeriac.settings import Settings
from celeriac.store.user_store import UserStore
from celeriac.web import create_app
from celeriac.wiring import App, build

PAGE = "<!doctype html><title>Flower</title>"


@pytest.fixture
def asked(httpserver: HTTPServer) -> list[Request]:
    """The requests that have reached Flower."""
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        response = Response(PAGE, content_type="text/html; charset=UTF-8")
        response.set_cookie("_xsrf", "flowers own")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Server"] = "TornadoServer"
        return response

    httpserver.expect_request("/flower/").respond_with_handler(answer)
    httpserver.expect_request("/flower/api/worker/shutdown/w@h", method="POST").respond_with_handler(answer)
    return seen


@pytest.fixture
def app(tmp_path: Path, httpserver: HTTPServer) -> Iterator[App]:
    url = f"http://celeriac:own@{httpserver.host}:{httpserver.port}"
    app = build(Settings.from_environ({"CELERIAC_HOME": str(tmp_path), "CELERIAC_FLOWER_URL": url}), NoPublisher())
    app.migrate()
    quick = Passwords(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.users = Users(UserStore(app.database), quick, clock.now)
    yield app
    app.close()


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_app(app).test_client()


def log_in(app: App, client: FlaskClient, role: str) -> None:
    """A session of a new user."""
    user = app.users.add(f"{role}@example.com", "correct horse", role)
    with client.session_transaction() as session:
        session.update({"email": user.email, "version": user.session_version, "csrf": "the token"})


def test_nobody_sees_flower_without_a_login(client: FlaskClient, app: App, asked: list[Request]) -> None:
    app.users.add("ann@example.com", "correct horse")

    assert client.get("/flower/", headers={"Accept": "text/html"}).headers["Location"] == "/ui/login?next=%2Fflower%2F"
    assert client.get("/flower/api/tasks").status_code == 401
    assert asked == []


def test_what_proves_a_user_stays_here_and_flower_is_asked_with_its_own_password(
    client: FlaskClient, app: App, asked: list[Request]
) -> None:
    log_in(app, client, "viewer")
    client.get("/flower/")

    (request,) = asked
    assert (request.authorization.username, request.authorization.password) == ("celeriac", "own")  # type: ignore[union-attr] # Basic
    assert {"Cookie", "Origin", "X-Forwarded-For"} & set(request.headers.keys()) == set()


def test_nothing_of_flowers_own_login_comes_back(client: FlaskClient, app: App, asked: list[Request]) -> None:
    log_in(app, client, "viewer")
    answer = client.get("/flower/")

    assert (answer.status_code, answer.text) == (200, PAGE)
    assert "flowers own" not in str(answer.headers)
    assert {"Access-Control-Allow-Origin", "WWW-Authenticate"} & set(answer.headers.keys()) == set()
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("admin", 200)])
def test_only_admins_act(client: FlaskClient, app: App, asked: list[Request], role: str, status: int) -> None:
    log_in(app, client, role)
    answer = client.post("/flower/api/worker/shutdown/w@h", headers={"X-XSRFToken": "the token"})

    assert (answer.status_code, len(asked)) == (status, int(status == 200))


def test_an_action_needs_the_token_that_the_page_was_given(client: FlaskClient, app: App, asked: list[Request]) -> None:
    log_in(app, client, "admin")
    client.get("/flower/")
    given = client.get_cookie("_xsrf", path="/flower")
    without = client.post("/flower/api/worker/shutdown/w@h")

    assert given is not None
    assert (given.decoded_value, without.status_code, len(asked)) == ("the token", 403, 1)


def test_other_sites_cannot_act(client: FlaskClient, app: App, asked: list[Request]) -> None:
    headers = {"X-XSRFToken": "the token", "Origin": "https://evil.example.com"}
    open_answer = client.post("/flower/api/worker/shutdown/w@h", headers=headers)
    log_in(app, client, "admin")
    answer = client.post("/flower/api/worker/shutdown/w@h", headers=headers)

    assert (open_answer.status_code, answer.status_code, asked) == (403, 403, [])


def test_a_flower_that_is_down_is_told(tmp_path: Path) -> None:
    environ = {"CELERIAC_HOME": str(tmp_path), "CELERIAC_FLOWER_URL": "http://a:b@127.0.0.1:1"}
    app = build(Settings.from_environ(environ), NoPublisher())
    app.migrate()
    client = create_app(app).test_client()

    page = client.get("/flower/", headers={"Accept": "text/html"})
    assert (page.status_code, "Flower does not answer" in page.text) == (503, True)
    assert client.get("/flower/api/tasks").json["status"] == 503
    app.close()


def test_without_a_flower_the_page_says_how_to_get_one(tmp_path: Path) -> None:
    app = build(Settings.from_environ({"CELERIAC_HOME": str(tmp_path)}), NoPublisher())
    app.migrate()

    answer = create_app(app).test_client().get("/flower/", headers={"Accept": "text/html"})
    assert (answer.status_code, "CELERIAC_FLOWER_URL" in answer.text) == (503, True)
    app.close()
