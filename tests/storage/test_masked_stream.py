"""Secrets in bytes that pass by in chunks."""

import pytest

from celeriac.storage.masked_stream import masked
from celeriac.storage.masking import Masker

TEXT = b"a secret-one b secret-one-two c secre t secret-one"


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_secret_is_found_however_the_chunks_are_cut(size: int) -> None:
    chunks = [TEXT[at : at + size] for at in range(0, len(TEXT), size)]

    found = b"".join(masked(chunks, Masker(["secret-one", "secret-one-two"])))

    assert found == b"a ****** b ****** c secre t ******"


def test_encoded_secrets_are_found_as_well() -> None:
    found = b"".join(masked([b"Basic dXNlcjpzZWNyZXQtb25l", b" x=a%2Fsecret"], Masker(["user:secret-one", "a/secret"])))

    assert found == b"Basic ****** x=******"


def test_without_secrets_bytes_pass_as_they_are() -> None:
    chunks = [b"a", b"", b"\xff\0"]

    assert list(masked(chunks, Masker())) == chunks


def test_nothing_of_nothing_is_nothing() -> None:
    assert b"".join(masked([], Masker(["secret"]))) == b""
