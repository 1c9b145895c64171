"""A folder with the command in it; the Docker engine, where one is needed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from celeriac_workers.runners.engine import NoEngine, find_engine
from real_command import Command


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    running = Command(tmp_path)
    yield running
    running.close()


@pytest.fixture
def docker_engine() -> None:
    """Skips the test where no engine answers."""
    found = find_engine(os.environ)
    if isinstance(found, NoEngine):
        if os.environ.get("CELERIAC_TEST_ALL"):
            pytest.fail(found.reason)
        pytest.skip(found.reason)
