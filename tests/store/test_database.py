"""What counts as a database that is away."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from celeriac.store.database import UNAVAILABLE


def test_a_pool_without_a_free_connection_is_a_database_that_is_away(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db", pool_size=1, max_overflow=0, pool_timeout=0.01)

    with engine.connect(), pytest.raises(UNAVAILABLE):
        engine.connect()
