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
    with _locked(database) as connection:
        if database.is_sqlite and not sa.inspect(connection).get_table_names():
            _create(connection)
            return
        from alembic import command
        from alembic.config import Config

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


def _create(connection: Connection) -> None:
    """A new SQLite database by the script that the migrations come to: loading Alembic takes a third of a second."""
    for statement in (Path(__file__).parent / "migrations" / "sqlite.sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    connection.execute(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def schema_of(connection: Connection) -> str:
    """The statements that make the tables of a SQLite database: what `migrations/sqlite.sql` must hold."""
    rows = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")).scalars()
    return "".join(f"{statement};\n" for statement in rows)
