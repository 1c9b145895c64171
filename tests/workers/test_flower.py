"""Where Flower listens."""

import pytest

from celeriac.services.preparation import NotReady
from celeriac_workers.flower import Address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://celeriac:secret@127.0.0.1:5555", Address("127.0.0.1", 5555, "celeriac:secret")),
        ("http://celeriac:a%40b%2Fc@flower:80", Address("flower", 80, "celeriac:a@b/c")),
        ("http://celeriac:secret@[::1]:5555", Address("::1", 5555, "celeriac:secret")),
    ],
)
def test_an_address_is_read_off_the_url(url: str, address: Address) -> None:
    assert Address.of(url) == address


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:5555", "http://celeriac:secret@127.0.0.1", "http://a@b:1"])
def test_flower_needs_a_port_and_a_password_of_its_own(url: str) -> None:
    with pytest.raises(NotReady, match="CELERIAC_FLOWER_URL"):
        Address.of(url)
