"""Which errors of a database another try may get through."""

import sqlite3

import psycopg.errors
import pytest
import sqlalchemy as sa

from celeriac.store.database import may_pass


def raised(error: BaseException) -> sa.exc.OperationalError:
    """As SQLAlchemy raises it."""
    return sa.exc.OperationalError("SELECT", {}, error)


@pytest.mark.parametrize(
    "error",
    [
        raised(sqlite3.OperationalError("database is locked")),
        raised(psycopg.errors.DeadlockDetected()),
        raised(psycopg.errors.AdminShutdown()),
        raised(psycopg.OperationalError("connection refused")),
        sa.exc.TimeoutError("QueuePool limit"),
    ],
)
def test_a_database_that_is_away_or_busy_may_be_asked_again(error: BaseException) -> None:
    assert may_pass(error)


@pytest.mark.parametrize(
    "error",
    [
        raised(sqlite3.OperationalError("no such column: x")),
        raised(psycopg.errors.StatementTooComplex()),
        ValueError("bug"),
    ],
)
def test_what_is_wrong_stays_wrong(error: BaseException) -> None:
    assert not may_pass(error)
