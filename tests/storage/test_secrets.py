"""Secrets from the environment."""

import base64

import pytest

from celeriac.core.errors import SecretInvalid, SecretNotFound
from celeriac.storage.secrets import Secrets


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_secret_is_found_in_any_case_and_decoded() -> None:
    secrets = Secrets({"MY_TOKEN": encoded("s3cret ü")})

    assert secrets.get("my_token") == "s3cret ü"
    assert secrets.get("MY_TOKEN") == "s3cret ü"


def test_base64_may_be_wrapped_and_end_with_a_line_end() -> None:
    text = "x" * 100
    wrapped = base64.encodebytes(text.encode()).decode()

    assert Secrets({"A": wrapped}).get("A") == text


def test_a_missing_secret_is_named_with_its_variable() -> None:
    with pytest.raises(SecretNotFound, match=r"'token'.*SECRET_TOKEN"):
        Secrets({}).get("token")


@pytest.mark.parametrize("value", ["not base64!", "abc", encoded("x")[:-1], base64.b64encode(b"\xff\xfe").decode()])
def test_a_value_that_is_no_base64_of_text_is_refused_with_the_remedy_but_not_shown(value: str) -> None:
    with pytest.raises(SecretInvalid, match=r"SECRET_TOKEN=.*base64 -w0") as caught:
        Secrets({"TOKEN": value}).get("token")

    assert value not in str(caught.value)


def test_a_subkey_is_a_field_of_a_json_secret() -> None:
    secrets = Secrets({"DB": encoded('{"user": "me", "port": 5432}')})

    assert secrets.get("db", "user") == "me"
    assert secrets.get("db", "port") == "5432"


def test_a_subkey_that_is_missing_or_of_no_json_is_an_error() -> None:
    secrets = Secrets({"DB": encoded('{"user": "me"}'), "TEXT": encoded("plain")})

    with pytest.raises(SecretNotFound, match="subkey 'nope'"):
        secrets.get("db", "nope")
    with pytest.raises(SecretInvalid, match="no JSON object"):
        secrets.get("text", "user")


def test_names_are_known_without_values() -> None:
    assert Secrets({"a": encoded("1"), "B": "?"}).names() == {"A", "B"}
