"""New databases and old ones come to the same tables."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from celeriac.store import migrations
from celeriac.store.database import Database
from celeriac.store.migrate import migrate, schema_of
from celeriac.store.migrations import HEAD

SCRIPTS = Path(migrations.__file__).parent


def migrated(folder: Path) -> Database:
    """A database that went through every migration."""
    database = Database(f"sqlite:///{folder / 'migrated.db'}")
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return database


def test_the_newest_migration_is_the_head_that_processes_ask_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_script_for_new_databases_makes_what_the_migrations_make(tmp_path: Path) -> None:
    with migrated(tmp_path).read() as connection:
        assert (SCRIPTS / "sqlite.sql").read_text("utf-8") == schema_of(connection)


def test_a_new_database_is_at_the_newest_version_and_stays_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")

    migrate(database)
    migrate(database)

    with database.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]
