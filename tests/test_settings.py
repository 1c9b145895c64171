"""Settings: the environment read once, and handed on to child processes."""

from pathlib import Path

import pytest

from celeriac.settings import Settings, SettingsInvalid


def test_an_empty_environment_keeps_all_state_under_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environ({})

    assert settings.home == tmp_path / ".celeriac"
    assert settings.database_url == f"sqlite:///{tmp_path}/.celeriac/celeriac.db"
    assert settings.storage_url == f"file://{tmp_path}/.celeriac/storage"


def test_a_child_given_the_variables_of_the_settings_has_the_same_settings() -> None:
    settings = Settings.from_environ(
        {
            "CELERIAC_HOME": "/srv/c",
            "CELERIAC_CELL": "x1",
            "CELERIAC_BROKER_URL": "redis://:p@127.0.0.1:5/0",
            "CELERIAC_FILES": "/srv/files",
            "CELERIAC_RUNNER_OVERRIDE": "process",
            "CELERIAC_GLOBALS": '{"a": 1}',
            "SECRET_TOKEN": "eA==",
            "ENV_REGION": "eu",
            "KESTRA_OLD": "1",
        }
    )

    assert Settings.from_environ(settings.environ()) == settings


def test_envs_are_the_prefixed_variables_in_lower_case() -> None:
    settings = Settings.from_environ({"ENV_REGION": "eu", "KESTRA_REGION": "old", "KESTRA_Tier": "1", "OTHER": "no"})

    assert settings.envs == {"region": "eu", "tier": "1"}


def test_secrets_are_the_prefixed_variables() -> None:
    assert Settings.from_environ({"SECRET_TOKEN": "c2VjcmV0"}).secrets == {"TOKEN": "c2VjcmV0"}


def test_secrets_and_passwords_stay_out_of_the_printed_settings() -> None:
    settings = Settings.from_environ({"SECRET_TOKEN": "hidden", "CELERIAC_BROKER_URL": "redis://:hidden@h/0"})

    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "text"),
    [("CELERIAC_RUNNER", "podman"), ("CELERIAC_LOG_CAP_BYTES", "much"), ("CELERIAC_GLOBALS", "[1]")],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        Settings.from_environ({name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CELERIAC_DATABASE_URL", "mysql://root:hidden@db/celeriac"),
        ("CELERIAC_DATABASE_URL", "postgresql://root:hidden@db:port/celeriac"),
        ("CELERIAC_BROKER_URL", "localhost:6379"),
        ("CELERIAC_REDIS_URL", "amqp://hidden@mq//"),
        ("CELERIAC_AMQP_URL", "redis://hidden@mq"),
        ("CELERIAC_STORAGE_URL", "/srv/hidden"),
        ("CELERIAC_STORAGE_URL", "s3://"),
        ("CELERIAC_FLOWER_URL", "flower:5555"),
    ],
)
def test_a_broken_url_is_refused_by_the_name_of_its_variable_and_not_repeated(name: str, text: str) -> None:
    with pytest.raises(SettingsInvalid, match=f"^{name}: ") as refused:
        Settings.from_environ({name: text})

    assert "hidden" not in str(refused.value)


def test_the_short_name_of_postgresql_is_understood() -> None:
    settings = Settings.from_environ({"CELERIAC_DATABASE_URL": "postgres://celeriac@db/postgres"})

    assert settings.database_url == "postgresql://celeriac@db/postgres"


def test_a_broker_that_is_no_redis_does_not_serve_as_one() -> None:
    settings = Settings.from_environ({"CELERIAC_BROKER_URL": "amqp://guest@mq//"})

    assert (settings.redis_url, settings.amqp_url) == ("", "amqp://guest@mq//")
