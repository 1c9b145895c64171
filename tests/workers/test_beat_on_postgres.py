"""Two beats on PostgreSQL, where their transactions meet."""

from pathlib import Path

import pytest

from beats import assert_each_once, beat, running_orchestrator, ticks, wait_for_dates
from hand_engine import postgres_database
from postgres_server import POSTGRES
from real_engine import running_valkey, settings_for


@pytest.mark.parametrize("database", [POSTGRES])
def test_two_beats_start_each_date_once(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> None:
    with (
        running_valkey(tmp_path) as valkey_url,
        postgres_database(request.getfixturevalue(f"{database}_url")) as url,
    ):
        settings = settings_for(tmp_path, valkey_url, {"CELERIAC_DATABASE_URL": url, "CELERIAC_CELL": "beats"})
        with (
            running_orchestrator(settings) as engine,
            beat(engine) as first,
            beat(engine),
            ticks(engine, "both") as flow_id,
        ):
            wait_for_dates(engine, flow_id, 2)
            first.kill()
            first.wait()

            found = wait_for_dates(engine, flow_id, 6)

    assert_each_once(found)
