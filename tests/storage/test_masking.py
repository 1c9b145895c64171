"""What people read holds no secret."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from celeriac.storage.masking import Masker

SECRET = "p4ss word/+ü"
KEY = "-----BEGIN KEY-----\nMIIBVgIBADANBgkq\nab\n-----END KEY-----\n"


def test_a_secret_is_replaced_by_six_stars_wherever_it_stands() -> None:
    masker = Masker([SECRET])

    assert masker.mask(f"a{SECRET}b {SECRET}") == "a******b ******"


@pytest.mark.parametrize(
    "form",
    [
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        json.dumps(SECRET)[1:-1],
    ],
)
def test_an_encoded_secret_is_masked(form: str) -> None:
    assert Masker([SECRET]).mask(f"x={form};") == "x=******;"


@pytest.mark.parametrize("user", ["", "u", "us", "usr"])
def test_a_secret_inside_longer_base64_is_masked(user: str) -> None:
    header = base64.b64encode(f"{user}:{SECRET}".encode()).decode()

    masked = Masker([SECRET]).mask(f"Authorization: Basic {header}")

    assert "******" in masked
    assert len(masked.partition("Basic ")[2].replace("******", "")) <= 8


def test_each_long_line_of_a_secret_of_several_lines_is_masked() -> None:
    masker = Masker([KEY])

    assert masker.mask("MIIBVgIBADANBgkq") == "******"
    assert masker.mask("ab") == "ab"
    assert masker.mask(json.dumps({"key": KEY})) == '{"key": "******"}'


def test_a_secret_with_a_line_end_is_masked_without_it() -> None:
    assert Masker(["topsecret\n"]).mask("is topsecret!") == "is ******!"


def test_the_longest_of_two_secrets_wins() -> None:
    assert Masker(["secret", "secret-long"]).mask("secret-long secret") == "****** ******"


def test_secrets_under_four_characters_are_not_masked() -> None:
    assert Masker(["abc", ""]).mask("abc") == "abc"


def test_secrets_can_be_added_later() -> None:
    masker = Masker()
    assert masker.mask("token1") == "token1"

    masker.add("token1")

    assert masker.mask("token1") == "******"


def test_data_is_masked_in_depth_and_numbers_are_kept() -> None:
    masker = Masker(["token1"])

    masked = masker.mask_data({"a token1": ["token1", 5, None, {"x": True}]})

    assert masked == {"a ******": ["******", 5, None, {"x": True}]}
