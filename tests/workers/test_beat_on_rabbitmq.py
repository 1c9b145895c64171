"""A beat beside RabbitMQ: the messages go there, RedBeat's entries stay in Redis."""

from pathlib import Path

import pytest

from beats import assert_each_once, beat, running_orchestrator, ticks, wait_for_dates
from rabbitmq_server import RABBITMQ
from real_engine import running_valkey, settings_for


@pytest.mark.parametrize("broker", [RABBITMQ])
def test_dates_go_on_with_another_broker(request: pytest.FixtureRequest, tmp_path: Path, broker: str) -> None:
    with running_valkey(tmp_path) as redis_url:
        settings = settings_for(tmp_path, request.getfixturevalue(f"{broker}_url"), {"CELERIAC_REDIS_URL": redis_url})
        with running_orchestrator(settings) as engine, beat(engine), ticks(engine, "on_rabbitmq") as flow_id:
            found = wait_for_dates(engine, flow_id, 6)

    assert_each_once(found)
