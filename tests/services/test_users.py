"""Users and their passwords, on every database."""

import argon2
import pytest

from celeriac.core.errors import Refused, UserInvalid, UserNotFound
from celeriac.core.users import Role
from celeriac.services import clock
from celeriac.services.passwords import Passwords
from celeriac.services.users import Users
from celeriac.store.user_store import UserStore
from hand_engine import HandEngine

QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def store(on_each_database: HandEngine) -> UserStore:
    return UserStore(on_each_database.app.database)


@pytest.fixture
def users(store: UserStore) -> Users:
    return Users(store, Passwords(QUICK), clock.now)


def test_a_user_is_verified_by_the_password_alone(users: Users) -> None:
    users.add("Ann@Example.com", "correct horse", "editor", "Ann")

    found = users.verify("ann@example.COM ", "correct horse")

    assert found is not None
    assert (found.email, found.role, found.name) == ("ann@example.com", Role.EDITOR, "Ann")
    assert users.verify("ann@example.com", "wrong horse") is None
    assert users.verify("bob@example.com", "correct horse") is None


def test_no_password_is_stored(users: Users, store: UserStore) -> None:
    users.add("ann@example.com", "correct horse")

    found = store.find("ann@example.com")

    assert found is not None
    assert found[1].startswith("$argon2id$")


def test_there_is_somebody_as_soon_as_a_user_is_added(users: Users) -> None:
    before = users.any()
    users.add("ann@example.com", "correct horse")

    assert (before, users.any()) == (False, True)


def test_an_email_is_taken_once(users: Users) -> None:
    users.add("ann@example.com", "correct horse")

    with pytest.raises(Refused, match="already is a user"):
        users.add("ANN@example.com", "another horse")


@pytest.mark.parametrize(
    ("email", "password", "role"),
    [
        ("ann", "long enough", "viewer"),
        ("@example.com", "long enough", "viewer"),
        ("a nn@example.com", "long enough", "viewer"),
        ("ann@example.com", "short", "viewer"),
        ("ann@example.com", "x" * 2000, "viewer"),
        ("ann@example.com", "long enough", "king"),
    ],
)
def test_what_cannot_be_a_user_is_refused(users: Users, email: str, password: str, role: str) -> None:
    with pytest.raises(UserInvalid):
        users.add(email, password, role)


def test_a_new_password_ends_sessions_and_the_old_one(users: Users) -> None:
    session = users.add("ann@example.com", "correct horse").session_version
    users.set_password("ann@example.com", "another horse")

    assert users.of_session("ann@example.com", session) is None
    assert users.verify("ann@example.com", "correct horse") is None
    assert users.verify("ann@example.com", "another horse") is not None


def test_a_password_that_was_right_a_moment_ago_is_wrong_after_a_change(users: Users) -> None:
    users.add("ann@example.com", "correct horse")
    users.verify("ann@example.com", "correct horse")
    remembered = users.recognise("ann@example.com", "correct horse")
    users.set_password("ann@example.com", "another horse")

    assert remembered is not None
    assert users.recognise("ann@example.com", "correct horse") is None


def test_a_disabled_user_is_nobody_until_enabled(users: Users) -> None:
    session = users.add("ann@example.com", "correct horse").session_version
    users.disable("ann@example.com")
    while_disabled = users.verify("ann@example.com", "correct horse")
    users.enable("ann@example.com")

    assert while_disabled is None
    assert users.of_session("ann@example.com", session) is None
    assert users.verify("ann@example.com", "correct horse") is not None


def test_the_last_admin_stays(users: Users) -> None:
    users.add("ann@example.com", "correct horse", "admin")
    users.add("bob@example.com", "correct horse", "editor")

    with pytest.raises(Refused, match="last admin"):
        users.disable("ann@example.com")
    with pytest.raises(Refused, match="last admin"):
        users.set_role("ann@example.com", "viewer")
    assert users.get("ann@example.com").role is Role.ADMIN


def test_an_admin_may_go_when_there_is_another(users: Users) -> None:
    users.add("ann@example.com", "correct horse", "admin")
    users.add("bob@example.com", "correct horse", "admin")

    assert users.set_role("ann@example.com", "viewer").role is Role.VIEWER


def test_the_first_admin_is_made_once(users: Users) -> None:
    made = users.ensure_first("root@example.com", "correct horse")
    made_again = users.ensure_first("root@example.com", "another horse")

    assert (made, made_again) == (True, False)
    assert users.verify("root@example.com", "correct horse") is not None
    assert users.get("root@example.com").role is Role.ADMIN


def test_a_hash_of_weaker_parameters_is_made_anew_at_the_next_login(users: Users, store: UserStore) -> None:
    users.add("ann@example.com", "correct horse")
    stronger = Users(store, Passwords(argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)), clock.now)

    user = stronger.verify("ann@example.com", "correct horse")

    found = store.find("ann@example.com")
    assert user is not None and found is not None
    assert "m=16,t=2" in found[1]
    assert users.of_session("ann@example.com", user.session_version) is not None


def test_somebody_who_logs_in_is_seen(users: Users) -> None:
    users.add("ann@example.com", "correct horse")
    users.verify("ann@example.com", "correct horse")

    assert users.get("ann@example.com").seen_at is not None


def test_a_user_that_is_not_there_cannot_be_changed(users: Users) -> None:
    for change in (users.disable, users.enable, users.get):
        with pytest.raises(UserNotFound):
            change("nobody@example.com")


class CountingHasher(argon2.PasswordHasher):
    """Counts verifications."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.verified += 1
        return super().verify(hash, password)


def test_a_password_that_was_right_is_recognised_without_computing(store: UserStore) -> None:
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    users = Users(store, Passwords(hasher), clock.now)
    users.add("ann@example.com", "correct horse")

    before = users.recognise("ann@example.com", "correct horse")
    users.verify("ann@example.com", "correct horse")

    assert before is None
    assert users.recognise("ann@example.com", "correct horse") is not None
    assert users.recognise("ann@example.com", "wrong horse") is None
    assert hasher.verified == 1


def test_an_unknown_user_costs_a_verification_too(store: UserStore) -> None:
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    Users(store, Passwords(hasher), clock.now).verify("nobody@example.com", "correct horse")

    assert hasher.verified == 1
