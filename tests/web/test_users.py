"""Users and tokens over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import argon2
import pytest
from flask.testing import FlaskClient

from celeriac.dispatch.publisher import NoPublisher
from celeriac.services import clock
from celeriac.services.passwords import Passwords
from celeriac.services.users import Users
from celeriac.store.user_store import UserStore
from celeriac.web import create_app
from celeriac.wiring import App, build
from hand_engine import HandEngine

PASSWORD = "correct horse"
USERS, TOKENS = "/api/v1/main/users", "/api/v1/main/tokens"
ADMIN, ANN = ("root@example.com", PASSWORD), ("ann@example.com", PASSWORD)


@pytest.fixture
def app(on_each_database: HandEngine, tmp_path: Path) -> Iterator[App]:
    """With an admin and a viewer."""
    app = build(on_each_database.app.settings, NoPublisher())
    quick = Passwords(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.users = Users(UserStore(app.database), quick, clock.now)
    app.users.add(*ADMIN, "admin")
    app.users.add(*ANN, "viewer", "Ann")
    yield app
    app.close()


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_app(app).test_client()


def emails(answer: Any) -> list[str]:
    return [user["email"] for user in answer.json["results"]]


def test_users_are_listed_by_email_in_pages(client: FlaskClient) -> None:
    first = client.get(USERS, query_string={"size": 1}, auth=ADMIN)
    second = client.get(USERS, query_string={"size": 1, "page": 2}, auth=ADMIN)
    third = client.get(USERS, query_string={"size": 1, "page": 3}, auth=ADMIN)

    assert [emails(answer) for answer in (first, second, third)] == [["ann@example.com"], ["root@example.com"], []]
    assert [answer.json["total"] for answer in (first, second, third)] == [2, 2, 2]


@pytest.mark.parametrize(("q", "found"), [("ANN", ["ann@example.com"]), ("root", ["root@example.com"]), ("%", [])])
def test_users_are_found_by_a_part_of_email_or_name(client: FlaskClient, q: str, found: list[str]) -> None:
    assert emails(client.get(USERS, query_string={"q": q}, auth=ADMIN)) == found


def test_nothing_of_a_password_is_told(client: FlaskClient) -> None:
    answer = client.get(USERS, auth=ADMIN)

    assert "argon2" not in answer.text
    assert "password" not in answer.text.lower()


def test_an_admin_adds_a_user_who_can_log_in(client: FlaskClient) -> None:
    new = {"email": "Bob@Example.com", "password": "another horse", "role": "operator"}
    answer = client.post(USERS, json=new, auth=ADMIN)
    me = client.get(f"{USERS}/me", auth=("bob@example.com", "another horse"))

    assert (answer.status_code, answer.json["email"], me.json["role"]) == (201, "bob@example.com", "operator")


@pytest.mark.parametrize(
    ("new", "status"),
    [
        ({"email": "bob", "password": "another horse"}, 422),
        ({"email": "bob@example.com", "password": "short"}, 422),
        ({"email": "bob@example.com", "password": "another horse", "role": "king"}, 422),
        ({"email": "ann@example.com", "password": "another horse"}, 409),
        ({"password": "another horse"}, 422),
    ],
)
def test_what_cannot_be_a_user_is_refused(client: FlaskClient, new: dict[str, str], status: int) -> None:
    assert client.post(USERS, json=new, auth=ADMIN).status_code == status


def test_an_admin_changes_role_password_and_admission(client: FlaskClient) -> None:
    path = f"{USERS}/ann@example.com"
    changed = client.patch(path, json={"role": "editor", "password": "another horse"}, auth=ADMIN)
    before = client.get(f"{USERS}/me", auth=("ann@example.com", "another horse"))
    client.patch(path, json={"isDisabled": True}, auth=ADMIN)
    after = client.get(f"{USERS}/me", auth=("ann@example.com", "another horse"))

    assert (changed.json["role"], before.status_code, after.status_code) == ("editor", 200, 401)


def test_somebody_changes_their_own_password(client: FlaskClient) -> None:
    path = f"{USERS}/me/password"
    wrong = client.put(path, json={"current": "a wrong one", "password": "another horse"}, auth=ANN)
    short = client.put(path, json={"current": PASSWORD, "password": "short"}, auth=ANN)
    right = client.put(path, json={"current": PASSWORD, "password": "another horse"}, auth=ANN)

    assert [answer.status_code for answer in (wrong, short, right)] == [403, 422, 204]
    assert client.get(f"{USERS}/me", auth=("ann@example.com", "another horse")).status_code == 200
    assert client.get(f"{USERS}/me", auth=ANN).status_code == 401


def test_nobody_shuts_themselves_out(client: FlaskClient) -> None:
    path = f"{USERS}/root@example.com"

    assert client.patch(path, json={"isDisabled": True}, auth=ADMIN).status_code == 409
    assert client.patch(path, json={"role": "viewer"}, auth=ADMIN).status_code == 409


@pytest.mark.parametrize("wrong", [{"password": "short"}, {"isDisabled": True}])
def test_a_change_that_is_refused_changes_nothing(client: FlaskClient, app: App, wrong: dict[str, object]) -> None:
    app.users.add("second@example.com", PASSWORD, "admin")

    answer = client.patch(f"{USERS}/root@example.com", json={"role": "viewer", **wrong}, auth=ADMIN)

    assert answer.status_code in (409, 422)
    assert app.users.get("root@example.com").role == "admin"


def test_a_user_that_is_not_there_is_404(client: FlaskClient) -> None:
    assert client.get(f"{USERS}/nobody@example.com", auth=ADMIN).status_code == 404


def test_a_token_is_made_used_listed_and_revoked(client: FlaskClient) -> None:
    made = client.post(TOKENS, json={"name": "ci", "days": 30}, auth=ANN)
    bearer = {"Authorization": f"Bearer {made.json['token']}"}
    used = client.get(f"{USERS}/me", headers=bearer)
    listed = client.get(TOKENS, auth=ANN)
    revoked = client.delete(f"{TOKENS}/{made.json['id']}", auth=ANN)

    assert (made.status_code, used.json["email"], revoked.status_code) == (201, "ann@example.com", 204)
    assert [one["name"] for one in listed.json["results"]] == ["ci"]
    assert made.json["token"] not in listed.text
    assert client.get(f"{USERS}/me", headers=bearer).status_code == 401


def test_tokens_of_others_are_for_admins(client: FlaskClient) -> None:
    made = client.post(TOKENS, json={"name": "ci"}, auth=ADMIN)
    foreign = client.delete(f"{TOKENS}/{made.json['id']}", auth=ANN)
    client.post(TOKENS, json={"name": "laptop"}, auth=ANN)

    assert foreign.status_code == 404
    assert [one["name"] for one in client.get(TOKENS, auth=ANN).json["results"]] == ["laptop"]
    assert {one["name"] for one in client.get(TOKENS, auth=ADMIN).json["results"]} == {"ci", "laptop"}


def test_many_lists_leave_no_connection_behind(client: FlaskClient, app: App) -> None:
    for _ in range(5):
        client.get(USERS, auth=ADMIN)

    assert app.database.reader.pool.checkedout() == 0  # type: ignore[attr-defined] # of a queue pool


def test_without_users_who_asks_has_every_right(tmp_path: Path) -> None:
    from celeriac.settings import Settings

    app = build(Settings.from_environ({"CELERIAC_HOME": str(tmp_path)}), NoPublisher())
    app.migrate()
    client = create_app(app).test_client()

    assert client.get(f"{USERS}/me").json == {"email": None, "name": None, "role": "admin", "isOpen": True}
    assert client.post(TOKENS, json={"name": "ci"}).status_code == 409
    app.close()
