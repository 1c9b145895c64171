"""API tokens, on every database."""

from datetime import timedelta

import argon2
import pytest

from celeriac.core.errors import TokenNotFound, UserInvalid, UserNotFound
from celeriac.services import clock
from celeriac.services.passwords import Passwords
from celeriac.services.tokens import Tokens
from celeriac.services.users import Users
from celeriac.store.token_store import TokenStore
from celeriac.store.user_store import UserStore
from hand_engine import HandEngine

ANN = "ann@example.com"


@pytest.fixture
def users(on_each_database: HandEngine) -> Users:
    passwords = Passwords(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users = Users(UserStore(on_each_database.app.database), passwords, clock.now)
    users.add(ANN, "correct horse")
    users.add("bob@example.com", "correct horse")
    return users


@pytest.fixture
def tokens(users: Users, on_each_database: HandEngine) -> Tokens:
    return Tokens(TokenStore(on_each_database.app.database), users)


def test_a_token_stands_for_its_user(tokens: Tokens) -> None:
    secret, _ = tokens.add(ANN, "laptop")

    user = tokens.verify(secret)

    assert user is not None
    assert user.email == ANN


def test_a_secret_looks_like_one_and_is_not_stored(tokens: Tokens, on_each_database: HandEngine) -> None:
    secret, _ = tokens.add(ANN, "laptop")

    rows = on_each_database.rows("SELECT * FROM token")

    assert secret.startswith("cel_")
    assert secret not in str(rows)


@pytest.mark.parametrize("secret", ["", "cel_", "cel_nope", "ann@example.com"])
def test_other_text_stands_for_nobody(tokens: Tokens, secret: str) -> None:
    assert tokens.verify(secret) is None


def test_a_token_ends_with_its_lifetime(tokens: Tokens, on_each_database: HandEngine) -> None:
    secret, token = tokens.add(ANN, "laptop", timedelta(hours=1))
    before = tokens.verify(secret)
    on_each_database.change("UPDATE token SET expires_us = expires_us - 3600000001 WHERE id = :id", id=token.id)

    assert before is not None
    assert tokens.verify(secret) is None


def test_a_revoked_token_stands_for_nobody(tokens: Tokens) -> None:
    secret, token = tokens.add(ANN, "laptop")
    tokens.revoke(token.id)

    assert tokens.verify(secret) is None
    with pytest.raises(TokenNotFound):
        tokens.revoke(token.id)


def test_nobody_revokes_the_token_of_somebody_else(tokens: Tokens) -> None:
    secret, token = tokens.add(ANN, "laptop")

    with pytest.raises(TokenNotFound):
        tokens.revoke(token.id, "bob@example.com")
    assert tokens.verify(secret) is not None


def test_the_token_of_a_disabled_user_stands_for_nobody(tokens: Tokens, users: Users) -> None:
    secret, _ = tokens.add(ANN, "laptop")
    users.disable(ANN)

    assert tokens.verify(secret) is None


def test_a_list_shows_whose_and_when_used(tokens: Tokens) -> None:
    secret, _ = tokens.add(ANN, "laptop")
    tokens.add("bob@example.com", "ci")
    tokens.verify(secret)

    (laptop,) = tokens.list(ANN)

    assert (laptop.name, laptop.used_at is not None, len(tokens.list())) == ("laptop", True, 2)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_token_needs_a_name(tokens: Tokens, name: str) -> None:
    with pytest.raises(UserInvalid):
        tokens.add(ANN, name)


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(seconds=-1), timedelta(days=4000)])
def test_a_lifetime_is_a_time_to_come(tokens: Tokens, lifetime: timedelta) -> None:
    with pytest.raises(UserInvalid):
        tokens.add(ANN, "laptop", lifetime)


def test_a_token_needs_a_user(tokens: Tokens) -> None:
    with pytest.raises(UserNotFound):
        tokens.add("nobody@example.com", "laptop")
