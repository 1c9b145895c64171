"""The embedded Valkey, the real one."""

import os
import signal
from pathlib import Path

import pytest
import redis

from celeriac.cli.child import ChildSpec
from celeriac.cli.supervisor import Supervisor
from celeriac.cli.valkey import prepare, wait_until_ready


def _spec(argv: tuple[str, ...]) -> ChildSpec:
    return ChildSpec("valkey", argv, dict(os.environ), layer=0, guarded=True)


def test_it_takes_commands_with_its_password_only(tmp_path: Path) -> None:
    valkey = prepare(tmp_path)
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec(valkey.argv))
        assert wait_until_ready(valkey, lambda: supervisor.is_running("valkey"))

        assert redis.Redis.from_url(valkey.url).ping()
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=valkey.port).ping()


def test_it_comes_back_on_its_port_with_its_data_after_a_kill(tmp_path: Path) -> None:
    valkey = prepare(tmp_path)
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(_spec(valkey.argv))
        wait_until_ready(valkey, lambda: supervisor.is_running("valkey"))
        client = redis.Redis.from_url(valkey.url)
        client.lpush("queue", "message")
        client.execute_command("WAITAOF", 1, 0, 3000)
        pid = supervisor.pid("valkey")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while not supervisor.poll():
            pass
        while supervisor.pid("valkey") is None:
            supervisor.poll()
        assert wait_until_ready(valkey, lambda: supervisor.is_running("valkey"))

        assert client.lrange("queue", 0, -1) == [b"message"]


def test_the_password_is_in_no_command_line_and_its_file_is_private(tmp_path: Path) -> None:
    valkey = prepare(tmp_path)

    assert valkey.password not in " ".join(valkey.argv)
    assert valkey.config.stat().st_mode & 0o077 == 0


def test_a_server_that_ends_at_once_is_not_waited_for(tmp_path: Path) -> None:
    valkey = prepare(tmp_path)

    assert not wait_until_ready(valkey, lambda: False)
