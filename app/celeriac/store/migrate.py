"""Brings a database to the newest schema. Whichever process comes first does it, under a lock; the others wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from celeriac.store.database import Database
from celeriac.store.migrations import HEAD

_LOCK = 7_346_182_911
"""Key of PostgreSQL's advisory lock."""


def migrate(database: Database) -> None:
    """Idempotent; a database at the newest schema costs one SELECT."""
    if _version(database) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    with _locked(database) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(database: Database) -> str | None:
    with database.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    """SQLite: the write transaction itself excludes others."""
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        yield connection
