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
