"""What tests of task types share."""

from collections.abc import Iterator

import pytest

from fakes import FakeContext


@pytest.fixture
def context() -> Iterator[FakeContext]:
    context = FakeContext()
    yield context
    context.close()
