"""What tests of several rooms share: engines, on SQLite always, on PostgreSQL where its binaries are."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hand_engine import HandEngine, hand_engine, postgres_database
from postgres_server import POSTGRES, running_postgres
from rabbitmq_server import running_rabbitmq
from real_engine import RealEngine, running_engine, running_valkey, settings_for

ENVIRON = {
    "ENV_TEST1": "true",
    "ENV_TEST2": "Pass by env",
    "KESTRA_TEST1": "true",
    "KESTRA_TEST2": "Pass by env",
    "SECRET_PASSWORD": "bXlwYXNzd29yZA==",
    "SECRET_MY_SECRET": "eyJzZWNyZXRLZXkiOiJzZWNyZXRWYWx1ZSJ9",
    "SECRET_NEW_LINE": base64.encodebytes(b"passwordveryveryveyrlong" * 5).decode(),
}


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of this test process."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[RealEngine]:
    """A whole engine on SQLite: real workers on a real Valkey."""
    with running_engine(settings_for(tmp_path_factory.mktemp("home"), valkey_url, ENVIRON)) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this test process."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """A RabbitMQ of this test process."""
    with running_rabbitmq() as url:
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


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line about the conformance cases, when they were run."""

    def count(*outcomes: str) -> int:
        reports = [report for outcome in outcomes for report in terminalreporter.stats.get(outcome, [])]
        return sum("tests/conformance/" in report.nodeid for report in reports)

    passed, listed, failed = count("passed"), count("xfailed"), count("failed")
    if selected := passed + listed + failed:
        share = f"{passed} passed ({passed / selected:.1%})"
        terminalreporter.write_line(f"conformance: {selected} selected, {share}, {listed} listed, {failed} failed")
