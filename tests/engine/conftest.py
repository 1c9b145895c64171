"""Engines for tests of single rules: on SQLite always, on PostgreSQL where its binaries are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hand_engine import HandEngine, hand_engine, postgres_database
from postgres_server import is_here, running_postgres

POSTGRES = pytest.param(
    "postgres",
    marks=[pytest.mark.postgres, pytest.mark.skipif(not is_here(), reason="no PostgreSQL binaries")],
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this test process."""
    with running_postgres() as url:
        yield url


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[HandEngine]:
    """An engine that the test drives, on SQLite."""
    with hand_engine(tmp_path) as engine:
        yield engine


@pytest.fixture(params=["sqlite", POSTGRES])
def on_each_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HandEngine]:
    """The same on every database."""
    if request.param == "sqlite":
        with hand_engine(tmp_path) as engine:
            yield engine
        return
    with (
        postgres_database(request.getfixturevalue("postgres_url")) as url,
        hand_engine(tmp_path, url) as engine,
    ):
        yield engine
