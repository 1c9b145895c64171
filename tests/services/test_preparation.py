"""Before a process works: what it needs is there, or it is told by name what is not."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from celeriac.services.preparation import NotReady, is_loopback
from celeriac.settings import Settings
from celeriac.wiring import App, build


@pytest.fixture
def settings(tmp_path: Path, valkey_url: str) -> Settings:
    return Settings.from_environ({"CELERIAC_HOME": str(tmp_path / "home"), "CELERIAC_BROKER_URL": valkey_url})


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _refusal(settings: Settings) -> str:
    with pytest.raises(NotReady) as refused:
        build(settings).preparation.services(within_s=0)
    return str(refused.value)


def _prepared(settings: Settings) -> App:
    app = build(settings)
    app.preparation.services()
    app.preparation.people()
    return app


def test_a_new_home_gets_its_folder_and_its_tables(settings: Settings) -> None:
    app = _prepared(settings)

    assert {check.name: check.ok for check in app.health.strip()}["database"]
    assert not app.users.any()


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("database_url", "postgresql"), ("broker_url", "redis"), ("broker_url", "amqp"), ("redis_url", "redis")],
)
def test_a_service_that_does_not_answer_is_told_by_its_variable_without_its_password(
    settings: Settings, name: str, scheme: str
) -> None:
    port = _unused_port()
    told = _refusal(replace(settings, **{name: f"{scheme}://user:hidden@127.0.0.1:{port}/0"}))

    assert told == f"CELERIAC_{name.upper()}: nothing answers at 127.0.0.1:{port} (Connection refused)"


def test_a_role_alone_without_a_broker_is_told_what_to_set(settings: Settings) -> None:
    assert _refusal(replace(settings, broker_url="", redis_url="")).startswith("CELERIAC_BROKER_URL is not set")
    assert _refusal(replace(settings, redis_url="")).startswith("CELERIAC_REDIS_URL is not set")


def test_a_home_that_cannot_be_made_is_told(settings: Settings) -> None:
    assert _refusal(replace(settings, home=Path("/proc/celeriac"))).startswith("CELERIAC_HOME: /proc/celeriac cannot")


def test_a_database_that_cannot_be_opened_is_told(settings: Settings) -> None:
    told = _refusal(replace(settings, database_url="sqlite:////nowhere/celeriac.db"))

    assert told == "CELERIAC_DATABASE_URL: unable to open database file"


def test_a_storage_that_cannot_be_opened_is_told(settings: Settings) -> None:
    assert _refusal(replace(settings, storage_url="file:///proc/celeriac")).startswith("CELERIAC_STORAGE_URL: ")


def test_a_secret_key_that_is_none_is_told(settings: Settings) -> None:
    assert _refusal(replace(settings, secret_key="abc")).startswith("CELERIAC_SECRET_KEY is no Fernet key: make one")


def test_the_first_administrator_is_made_once(settings: Settings) -> None:
    first = replace(settings, admin_email="ada@example.com", admin_password="correct horse")
    _prepared(first)
    users = _prepared(replace(first, admin_email="eve@example.com")).users.list()

    assert [(user.email, user.role.value) for user in users] == [("ada@example.com", "admin")]


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("ada@example.com", "", "CELERIAC_ADMIN_PASSWORD: "),
        ("ada@example.com", "short", "CELERIAC_ADMIN_PASSWORD: "),
        ("", "correct horse", "CELERIAC_ADMIN_EMAIL: "),
        ("ada", "correct horse", "CELERIAC_ADMIN_EMAIL: "),
    ],
)
def test_a_first_administrator_who_cannot_be_is_refused(
    settings: Settings, email: str, password: str, told: str
) -> None:
    with pytest.raises(NotReady, match=f"^{told}"):
        _prepared(replace(settings, admin_email=email, admin_password=password))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_that_others_reach_needs_a_user(settings: Settings, host: str) -> None:
    with pytest.raises(NotReady, match="CELERIAC_ADMIN_EMAIL and CELERIAC_ADMIN_PASSWORD"):
        _prepared(replace(settings, web_host=host))


def test_with_a_user_any_address_will_do(settings: Settings) -> None:
    _prepared(replace(settings, admin_email="ada@example.com", admin_password="correct horse"))

    _prepared(replace(settings, web_host="0.0.0.0"))


@pytest.mark.parametrize(
    ("host", "is_own"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)]
)
def test_only_this_machine_reaches_the_loopback(host: str, is_own: bool) -> None:
    assert is_loopback(host) is is_own
