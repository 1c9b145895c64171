"""A cell at work: its folder, its Valkey, its roles under a supervisor; what `run` and `server` have in common."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from celeriac.cli.cells import Cell, open_cell, prepare_home
from celeriac.cli.child import ChildSpec
from celeriac.cli.forked import module_main
from celeriac.cli.roles import module_of
from celeriac.cli.supervisor import Supervisor
from celeriac.cli.valkey import Valkey, ValkeyUnavailable, prepare, wait_until_ready
from celeriac.settings import Settings, process_environ

REDIS_URL_FILE = "redis-url"
"""In the folder of a lasting cell: where producers find its Redis, with the password."""
_VALKEY = "valkey"
_NOT_FOR_ROLES = "CELERIAC_ADMIN_PASSWORD"
_NOT_FROM_CWD = "-P"
"""A queue.py or redis.py in the user's folder must not become our module."""


@dataclass(frozen=True, slots=True)
class Session:
    """settings: what every process of the cell is given. own_redis: its Valkey was started here."""

    settings: Settings
    supervisor: Supervisor
    own_redis: bool = True

    def start(self, role: str, *, number: int = 0) -> None:
        """Starts a role and keeps it running. number: to tell several of one role apart.

        To be called when this process has imported the application and before it has connected anywhere: it is forked.
        """
        self.supervisor.start(self.program(f"{role}-{number}" if number else role, *module_of(role)))

    def program(self, name: str, module: str, *argv: str, talks: bool = False) -> ChildSpec:
        """What `python -m module argv…` does, with the settings of the cell."""
        environ = process_environ() | self.settings.environ()
        if not talks:
            environ.pop(_NOT_FOR_ROLES, None)
        command = (sys.executable, _NOT_FROM_CWD, "-m", module, *argv)
        return ChildSpec(name, command, environ, main=module_main(module, *argv), talks=talks)


@contextmanager
def open_session(settings: Settings, *, cell_id: str = "") -> Iterator[Session]:
    """Everything that it started has ended when the block is left. Starts a Valkey for what the settings do not name.

    cell_id: of a cell that outlives this command, whose children are kept running whatever happens.
    Raises: BlockingIOError (a living command holds the cell), ValkeyUnavailable.
    """
    lasting = bool(cell_id)
    prepare_home(settings.home)
    with (
        open_cell(settings.home, cell_id) as cell,
        Supervisor(
            settings.logs_dir, shared_fds=(cell.alive_fd,), forks_again=lasting, gives_up=not lasting
        ) as supervisor,
    ):
        own_redis = not (settings.broker_url and settings.redis_url)
        if own_redis:
            url = _start_valkey(supervisor, cell, durable=lasting).url
            settings = replace(settings, broker_url=settings.broker_url or url, redis_url=settings.redis_url or url)
        if lasting:
            _write_secret(cell.directory / REDIS_URL_FILE, settings.redis_url)
        settings = replace(settings, cell=cell.id)
        settings.tmp_dir.mkdir(parents=True, exist_ok=True)
        yield Session(settings, supervisor, own_redis)


def _write_secret(path: Path, text: str) -> None:
    """Readable for its owner alone, from the first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text)


def _start_valkey(supervisor: Supervisor, cell: Cell, *, durable: bool) -> Valkey:
    """Between the choice of a port and its use somebody else may take it: then another one."""
    for _attempt in range(3):
        valkey = prepare(cell.directory, durable=durable)
        supervisor.start(ChildSpec(_VALKEY, valkey.argv, process_environ(), layer=0, guarded=True))
        if wait_until_ready(valkey, lambda: supervisor.is_running(_VALKEY)):
            return valkey
        supervisor.forget(_VALKEY)
    raise ValkeyUnavailable(f"the embedded Valkey does not start: see {supervisor.log_path(_VALKEY)}")
