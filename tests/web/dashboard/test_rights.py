"""Pages show what somebody may do, refuse the rest as a page, and believe no form of another site."""

import re

import argon2
import pytest
from flask.testing import FlaskClient

from celeriac.services import clock
from celeriac.services.passwords import Passwords
from celeriac.services.users import Users
from celeriac.store.user_store import UserStore
from hand_engine import HandEngine
from web.dashboard.flow_texts import BROKEN

PASSWORD = "correct horse"
BROWSER = {"Accept": "text/html"}


@pytest.fixture
def failed(by_hand: HandEngine) -> str:
    """The id of an execution that failed, where people have to log in."""
    quick = Passwords(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    by_hand.app.users = Users(UserStore(by_hand.app.database), quick, clock.now)
    for role in ("viewer", "operator", "editor"):
        by_hand.app.users.add(f"{role}@example.com", PASSWORD, role)
    return by_hand.run(BROKEN).id


def _log_in(client: FlaskClient, role: str) -> None:
    csrf = _csrf(client, "/ui/login")
    client.post("/ui/login", data={"email": f"{role}@example.com", "password": PASSWORD, "csrf": csrf})


def _csrf(client: FlaskClient, path: str) -> str:
    return re.findall(r'name="csrf" value="([^"]+)"', client.get(path).text)[0]


def test_a_page_leads_to_the_login_and_back(client: FlaskClient, failed: str) -> None:
    answer = client.get("/ui/executions?state=FAILED", headers=BROWSER)

    assert answer.headers["Location"] == "/ui/login?next=%2Fui%2Fexecutions%3Fstate%3DFAILED"


@pytest.mark.parametrize(("role", "offered"), [("viewer", False), ("operator", True)])
def test_what_somebody_may_not_do_is_not_offered(client: FlaskClient, failed: str, role: str, offered: bool) -> None:
    _log_in(client, role)

    page = client.get(f"/ui/executions/company.team/broken/{failed}").text
    flows = client.get("/ui/flows").text

    assert ("Restart from failed" in page, 'aria-label="Run broken"' in flows) == (offered, offered)


def test_what_somebody_may_not_do_is_refused_by_a_page(client: FlaskClient, failed: str) -> None:
    _log_in(client, "viewer")
    csrf = _csrf(client, "/ui/settings")

    answer = client.post(f"/ui/executions/{failed}/replay", data={"csrf": csrf})

    assert (answer.status_code, "You may not do this" in answer.text) == (403, True)


def test_a_form_of_the_page_is_believed_and_one_without_its_token_is_not(
    client: FlaskClient, by_hand: HandEngine, failed: str
) -> None:
    _log_in(client, "operator")
    csrf = _csrf(client, f"/ui/executions/{failed}/restart")

    forged = client.post(f"/ui/executions/{failed}/restart")
    believed = client.post(f"/ui/executions/{failed}/restart", data={"csrf": csrf})

    assert (forged.status_code, believed.status_code) == (403, 303)


def test_who_is_logged_in_is_shown_and_can_log_out(client: FlaskClient, failed: str) -> None:
    _log_in(client, "editor")
    page = client.get("/ui/").text

    client.post("/ui/logout", data={"csrf": _csrf(client, "/ui/settings")})

    assert "editor@example.com" in page
    assert client.get("/ui/", headers=BROWSER).headers["Location"] == "/ui/login"
