"""Who may do what over HTTP, and what pages of other sites may not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import argon2
import pytest
from flask.testing import FlaskClient

from celeriac.dispatch.publisher import NoPublisher
from celeriac.services import clock
from celeriac.services.passwords import Passwords
from celeriac.services.users import Users
from celeriac.settings import Settings
from celeriac.store.user_store import UserStore
from celeriac.web import create_app
from celeriac.web.rights import needed
from celeriac.wiring import App, build

FLOW = """
id: hello
namespace: examples.web
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hi}
"""
PASSWORD = "correct horse"
FLOWS = "/api/v1/main/flows"


def make(home: Path, **environ: str) -> App:
    app = build(Settings.from_environ({"CELERIAC_HOME": str(home), **environ}), NoPublisher())
    app.migrate()
    quick = Passwords(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.users = Users(UserStore(app.database), quick, clock.now)
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = make(tmp_path)
    yield app
    app.close()


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_app(app).test_client()


@pytest.fixture
def users(app: App) -> None:
    for role in ("viewer", "operator", "editor", "admin"):
        app.users.add(f"{role}@example.com", PASSWORD, role)


def basic(role: str, password: str = PASSWORD) -> tuple[str, str]:
    return (f"{role}@example.com", password)


def csrf_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/ui/login").text)
    assert found
    return found[1]


def log_in(client: FlaskClient, role: str) -> str:
    """The token against forged requests of the new session."""
    answer = client.post(
        "/ui/login", data={"email": f"{role}@example.com", "password": PASSWORD, "csrf": csrf_of(client)}
    )
    assert answer.status_code == 303
    with client.session_transaction() as session:
        return str(session["csrf"])


# ---------------------------------------------------------------- nobody has to log in
def test_without_a_user_this_machine_may_do_everything(client: FlaskClient) -> None:
    assert client.post(FLOWS, data=FLOW).status_code == 200


@pytest.mark.parametrize("host", ["evil.example.com", "192.168.1.4:8080", "localhost.example.com"])
def test_without_a_user_another_name_of_this_machine_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/api/v1/main/executions/x", headers={"Host": host})

    assert (answer.status_code, "celeriac users add" in answer.json["detail"]) == (403, True)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "a.localhost"])
def test_the_names_that_only_this_machine_has_work(client: FlaskClient, host: str) -> None:
    assert client.post(FLOWS, data=FLOW, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://[::"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_pages_of_other_origins_change_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(FLOWS, data=FLOW, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_our_own_pages_change_what_they_want(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(FLOWS, data=FLOW, headers=headers).status_code == 200


def test_an_address_that_others_reach_is_never_open(tmp_path: Path) -> None:
    app = make(tmp_path, CELERIAC_WEB_HOST="0.0.0.0")
    client = create_app(app).test_client()

    assert client.post(FLOWS, data=FLOW).status_code == 401
    assert "There is no user yet" in client.get("/ui/login").text
    app.close()


# ---------------------------------------------------------------- logging in
@pytest.mark.usefixtures("users")
def test_with_a_user_nothing_is_told_to_strangers(client: FlaskClient) -> None:
    answer = client.get("/api/v1/main/executions/x")

    assert answer.status_code == 401
    assert [one.split()[0] for one in answer.headers.getlist("WWW-Authenticate")] == ["Bearer", "Basic"]


@pytest.mark.usefixtures("users")
def test_a_browser_is_never_asked_for_basic(client: FlaskClient) -> None:
    answer = client.get("/api/v1/main/executions/x", headers={"Sec-Fetch-Mode": "cors"})

    assert [one.split()[0] for one in answer.headers.getlist("WWW-Authenticate")] == ["Bearer"]


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/ui/login", "/static/dist/nope.js"])
def test_some_paths_need_nobody(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code not in (401, 302)


@pytest.mark.usefixtures("users")
def test_a_webhook_needs_its_key_only(client: FlaskClient) -> None:
    assert client.post("/api/v1/main/executions/webhook/a/b/key").status_code != 401
    assert client.post("/api/v1/executions/webhook/a/b/key").status_code != 401


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_basic_is_a_login(client: FlaskClient, role: str) -> None:
    assert client.get("/api/v1/main/users/me", auth=basic(role)).json["role"] == role


@pytest.mark.usefixtures("users")
def test_a_token_is_a_login_as_bearer_and_as_password(client: FlaskClient, app: App) -> None:
    secret, _ = app.tokens.add("editor@example.com", "ci", timedelta(days=1))

    bearer = client.get("/api/v1/main/users/me", headers={"Authorization": f"Bearer {secret}"})
    password = client.get("/api/v1/main/users/me", auth=("any", secret))

    assert (bearer.json["email"], password.json["email"]) == ("editor@example.com", "editor@example.com")


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("header", ["Bearer cel_wrong", "Bearer ", "Basic !!!", "Basic YTpi", "Digest a=b", "nonsense"])
def test_wrong_credentials_are_401(client: FlaskClient, header: str) -> None:
    assert client.get("/api/v1/main/users/me", headers={"Authorization": header}).status_code == 401


@pytest.mark.usefixtures("users")
def test_a_browser_is_sent_to_the_login_and_back(client: FlaskClient) -> None:
    asked = client.get("/ui/flows?q=a", headers={"Accept": "text/html"})
    token = csrf_of(client)
    answer = client.post(
        asked.headers["Location"], data={"email": "viewer@example.com", "password": PASSWORD, "csrf": token}
    )

    assert asked.headers["Location"] == "/ui/login?next=%2Fui%2Fflows%3Fq%3Da"
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ui/flows?q=a")


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "javascript:alert(1)", "/\t/evil"],
)
def test_the_login_leads_to_our_own_pages_only(client: FlaskClient, wanted: str) -> None:
    token = csrf_of(client)
    answer = client.post(
        "/ui/login",
        query_string={"next": wanted},
        data={"email": "viewer@example.com", "password": PASSWORD, "csrf": token},
    )

    assert answer.headers["Location"] == "/ui/"


@pytest.mark.usefixtures("users")
def test_the_cookie_of_a_session_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    token = csrf_of(client)
    answer = client.post(
        "/ui/login",
        data={"email": "viewer@example.com", "password": PASSWORD, "csrf": token},
        base_url="https://localhost",
    )
    with_http = client.post("/ui/login", data={"email": "x", "password": "y", "csrf": token})

    cookie = answer.headers.get("Set-Cookie", "") or with_http.headers.get("Set-Cookie", "")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.usefixtures("users")
def test_the_cookie_needs_tls_where_there_is_tls(client: FlaskClient) -> None:
    cookie = client.get("/ui/login", base_url="https://localhost").headers["Set-Cookie"]
    without = create_app(client.application.extensions["celeriac"]).test_client().get("/ui/login").headers["Set-Cookie"]

    assert ("Secure" in cookie.split("; "), "Secure" in without.split("; ")) == (True, False)


@pytest.mark.usefixtures("users")
def test_a_wrong_password_shows_the_form_again(client: FlaskClient) -> None:
    answer = client.post(
        "/ui/login", data={"email": "viewer@example.com", "password": "wrong horse", "csrf": csrf_of(client)}
    )

    assert (answer.status_code, "do not belong together" in answer.text) == (401, True)
    assert "wrong horse" not in answer.text


@pytest.mark.usefixtures("users")
def test_a_login_without_the_token_of_its_form_is_refused(client: FlaskClient) -> None:
    answer = client.post("/ui/login", data={"email": "viewer@example.com", "password": PASSWORD})

    assert answer.status_code == 403


@pytest.mark.usefixtures("users")
def test_a_new_password_ends_sessions(client: FlaskClient, app: App) -> None:
    log_in(client, "viewer")
    before = client.get("/api/v1/main/users/me").status_code
    app.users.set_password("viewer@example.com", "another horse")

    assert (before, client.get("/api/v1/main/users/me").status_code) == (200, 401)


@pytest.mark.usefixtures("users")
def test_a_session_ends_with_the_logout(client: FlaskClient) -> None:
    token = log_in(client, "viewer")
    client.post("/ui/logout", data={"csrf": token})

    assert client.get("/api/v1/main/users/me").status_code == 401


@pytest.mark.usefixtures("users")
def test_a_session_survives_a_new_process_of_the_same_installation(client: FlaskClient, app: App) -> None:
    log_in(client, "viewer")
    cookie = client.get_cookie(f"celeriac_{app.settings.instance}")
    assert cookie is not None

    other = create_app(make(app.settings.home)).test_client()
    other.set_cookie(cookie.key, cookie.value)

    assert other.get("/api/v1/main/users/me").json["email"] == "viewer@example.com"


@pytest.mark.usefixtures("users")
def test_logins_are_logged_without_what_is_secret(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "celeriac")
    log_in(client, "viewer")
    client.get("/api/v1/main/users/me", auth=basic("admin", "a wrong one"))

    told = [(one.getMessage(), vars(one)["email"], vars(one)["address"]) for one in caplog.records]
    assert told == [
        ("logged in", "viewer@example.com", "127.0.0.1"),
        ("login refused", "admin@example.com", "127.0.0.1"),
    ]
    assert PASSWORD not in caplog.text
    assert "a wrong one" not in caplog.text


# ---------------------------------------------------------------- forged requests
@pytest.mark.usefixtures("users")
def test_a_change_within_a_session_needs_its_token(client: FlaskClient) -> None:
    token = log_in(client, "editor")

    without = client.post(FLOWS, data=FLOW)
    wrong = client.post(FLOWS, data=FLOW, headers={"X-Celeriac-CSRF": "nope"})
    right = client.post(FLOWS, data=FLOW, headers={"X-Celeriac-CSRF": token})

    assert (without.status_code, wrong.status_code, right.status_code) == (403, 403, 200)


@pytest.mark.usefixtures("users")
def test_a_browser_that_knows_a_password_does_not_help_other_sites(client: FlaskClient) -> None:
    answer = client.post(FLOWS, data=FLOW, auth=basic("editor"), headers={"Origin": "https://evil.example.com"})

    assert answer.status_code == 403


@pytest.mark.usefixtures("users")
def test_clients_with_credentials_need_no_token(client: FlaskClient, app: App) -> None:
    secret, _ = app.tokens.add("editor@example.com", "ci")

    bearer = client.post(FLOWS, data=FLOW, headers={"Authorization": f"Bearer {secret}"})
    password = client.post(FLOWS, data=FLOW.replace("hello", "other"), auth=basic("editor"))

    assert (bearer.status_code, password.status_code) == (200, 200)


# ---------------------------------------------------------------- roles
RULES = [
    ("GET", "/api/v1/main/executions/<execution_id>", "viewer"),
    ("POST", "/api/v1/main/flows/validate", "viewer"),
    ("POST", "/api/v1/flows/export/by-ids", "viewer"),
    ("POST", "/api/v1/main/executions/latest", "viewer"),
    ("POST", "/flower/tasks/datatable", "viewer"),
    ("POST", "/api/v1/main/executions/<namespace>/<flow_id>", "operator"),
    ("POST", "/ui/flows/run/<namespace>/<flow_id>", "operator"),
    ("POST", "/api/v1/dead-letters/<letter_id>/retry", "operator"),
    ("DELETE", "/api/v1/executions/<execution_id>/kill", "operator"),
    ("DELETE", "/api/v1/executions/<execution_id>/actions/kill", "operator"),
    ("DELETE", "/api/v1/executions/kill/by-ids", "operator"),
    ("POST", "/api/v1/main/executions/<execution_id>/restart", "operator"),
    ("PUT", "/api/v1/main/triggers", "operator"),
    ("DELETE", "/api/v1/main/executions/<execution_id>", "editor"),
    ("DELETE", "/api/v1/main/executions/by-ids", "editor"),
    ("POST", "/api/v1/main/executions/<execution_id>/eval", "editor"),
    ("POST", "/api/v1/main/flows", "editor"),
    ("POST", "/api/v1/main/flows/<namespace>", "editor"),
    ("PUT", "/api/v1/main/namespaces/<namespace>/kv/<key>", "editor"),
    ("POST", "/api/v1/main/something-new", "editor"),
    ("GET", "/api/v1/main/users", "admin"),
    ("PATCH", "/api/v1/main/users/<email>", "admin"),
    ("POST", "/flower/<path:path>", "admin"),
]


@pytest.mark.parametrize(("method", "rule", "role"), RULES)
def test_a_right_is_that_of_the_route(method: str, rule: str, role: str) -> None:
    assert needed(method, rule) == role


CASES = [
    ("GET", "/api/v1/main/executions/x", "viewer"),
    ("POST", "/api/v1/main/flows/validate", "viewer"),
    ("POST", "/api/v1/main/executions/a/b", "operator"),
    ("POST", "/api/v1/main/flows", "editor"),
    ("PUT", "/api/v1/main/namespaces/a/kv/k", "editor"),
    ("GET", "/api/v1/main/users", "admin"),
    ("POST", "/flower/api/worker/shutdown/x", "admin"),
    ("POST", "/ui/executions/x/kill", "operator"),
    ("POST", "/ui/executions/x/delete", "editor"),
]


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(("method", "path", "role"), CASES)
def test_a_role_may_do_what_it_says_and_no_more(client: FlaskClient, method: str, path: str, role: str) -> None:
    roles = ["viewer", "operator", "editor", "admin"]
    answers = [client.open(path, method=method, auth=basic(one)) for one in roles]

    refused = [one for one, answer in zip(roles, answers, strict=True) if answer.status_code == 403]
    assert refused == roles[: roles.index(role)]
    assert all(f"the role {role}" in answer.text for answer in answers[: len(refused)])


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/main/executions/webhook/b"),
        ("POST", "/api/v1/main/executions/webhook/b/validate"),
        ("GET", "/api/v1/executions/webhook/../x"),
        ("POST", "/static/../api/v1/main/flows"),
        ("GET", "/ui/login/x"),
        ("GET", "/api/v1/nope"),
        ("GET", "//api/v1/main/users"),
    ],
)
def test_a_path_that_looks_public_is_not(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method).status_code == 401


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("namespace", ["validate", "export", "graph", "webhook", "run"])
def test_the_name_of_a_namespace_gives_no_rights(client: FlaskClient, namespace: str) -> None:
    client.post(FLOWS, data=FLOW.replace("examples.web", namespace), auth=basic("editor"))
    path = f"{FLOWS}/{namespace}/hello"

    assert client.put(path, data=FLOW, auth=basic("operator")).status_code == 403
    assert client.delete(path, auth=basic("operator")).status_code == 403


@pytest.mark.usefixtures("users")
def test_a_refusal_names_the_right_that_is_missing(client: FlaskClient) -> None:
    answer = client.post(FLOWS, data=FLOW, auth=basic("operator"))

    assert (answer.status_code, answer.json["role"], answer.json["needs"]) == (403, "operator", "editor")


# ---------------------------------------------------------------- too many
@pytest.mark.usefixtures("users")
def test_wrong_passwords_are_limited_right_ones_elsewhere_are_not(client: FlaskClient) -> None:
    codes = [client.get("/api/v1/main/users/me", auth=basic("viewer", "wrong")).status_code for _ in range(6)]
    late = client.get("/api/v1/main/users/me", auth=basic("viewer"))
    other = client.get("/api/v1/main/users/me", auth=basic("admin"))

    assert codes == [401] * 5 + [429]
    assert (late.status_code, 0 < int(late.headers["Retry-After"]) <= 61) == (429, True)
    assert other.status_code == 200


@pytest.mark.usefixtures("users")
def test_who_was_right_before_is_not_locked_out_by_others(client: FlaskClient) -> None:
    client.get("/api/v1/main/users/me", auth=basic("viewer"))
    for _ in range(6):
        client.get("/api/v1/main/users/me", auth=basic("viewer", "wrong"))

    assert client.get("/api/v1/main/users/me", auth=basic("viewer")).status_code == 200


@pytest.mark.usefixtures("users")
def test_guessing_emails_is_limited_by_address(client: FlaskClient) -> None:
    codes = [client.get("/api/v1/users/me", auth=(f"u{n}@example.com", "guess")).status_code for n in range(31)]

    assert (codes[29], codes[30]) == (401, 429)


@pytest.mark.usefixtures("users")
def test_the_login_page_says_when_to_try_again(client: FlaskClient) -> None:
    form = {"email": "viewer@example.com", "password": "wrong", "csrf": csrf_of(client)}
    answers = [client.post("/ui/login", data=form) for _ in range(6)]

    assert (answers[-1].status_code, "Try again in" in answers[-1].text) == (429, True)


# ---------------------------------------------------------------- headers
def test_answers_tell_browsers_what_they_may_do(client: FlaskClient) -> None:
    headers = client.get("/ui/login").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_nonce_of_a_page_is_that_of_its_header_and_new_each_time(client: FlaskClient) -> None:
    pages = [client.get("/ui/login") for _ in range(2)]
    nonces = [re.search(r'nonce="([^"]+)"', page.text)[1] for page in pages]  # type: ignore[index] # there is one

    assert all(
        f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"] for nonce, page in zip(nonces, pages, strict=True)
    )
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize(("proxies", "scheme"), [("0", "http"), ("1", "https")])
def test_headers_of_a_proxy_count_when_the_settings_say_so(tmp_path: Path, proxies: str, scheme: str) -> None:
    app = make(tmp_path, CELERIAC_PROXIES=proxies)
    app.users.add("viewer@example.com", PASSWORD)
    cookie = (
        create_app(app).test_client().get("/ui/login", headers={"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]
    )

    assert ("Secure" in cookie) == (scheme == "https")
    app.close()
