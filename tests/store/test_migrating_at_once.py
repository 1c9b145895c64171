"""Six processes that start at the same moment: one brings the database to the newest schema, the others wait."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from celeriac.store import migrations
from celeriac.store.database import Database
from celeriac.store.migrations import HEAD
from hand_engine import postgres_database
from postgres_server import POSTGRES

PROCESSES = 6
CODE = """
import sys
from celeriac.store.database import Database
from celeriac.store.migrate import migrate
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate(database)
"""


@pytest.fixture(params=["sqlite", POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres_url")) as found:
        yield found


def _migrate_at_once(url: str) -> list[tuple[int, str]]:
    """[(exit code, what was said)] of each process."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        out, _ = process.communicate(timeout=120)
        said.append((process.returncode, out))
    return said


def _versions(url: str) -> list[str]:
    with Database(url).read() as connection:
        return list(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars())


def test_a_new_database_is_made_once(url: str) -> None:
    said = _migrate_at_once(url)

    assert (said, _versions(url)) == ([(0, "")] * PROCESSES, [HEAD])


def test_an_old_database_is_brought_forward_once(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with Database(url).write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    said = _migrate_at_once(url)

    assert (said, _versions(url)) == ([(0, "")] * PROCESSES, [HEAD])
