"""A cell at work: its folder, its Valkey, its roles under a supervisor; what `run` and `server` have in common."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from celeriac.cli.cells import Cell, open_cell, prepare_home
from celeriac.cli.child import ChildSpec
from celeriac.cli.forked import module_main
from celeriac.cli.supervisor import Supervisor
from celeriac.cli.valkey import Valkey, ValkeyUnavailable, prepare, wait_until_ready
from celeriac.settings import Settings, process_environ

_VALKEY = "valkey"
_WEB = "web"
_NOT_FROM_CWD = "-P"
"""A queue.py or redis.py in the user's folder must not become our module."""


@dataclass(frozen=True, slots=True)
class Session:
    """settings: what every process of the cell is given."""

    settings: Settings
    supervisor: Supervisor

    def start(self, role: str, *, number: int = 0) -> None:
        """Starts a role: orchestrator, sweeper, worker or web. number: to tell several of one role apart.

        To be called when this process has imported the application and before it has connected anywhere: it is forked.
        """
        module, *argv = ("celeriac.web.serve",) if role == _WEB else ("celeriac_workers", role)
        name = f"{role}-{number}" if number else role
        environ = process_environ() | self.settings.environ()
        command = (sys.executable, _NOT_FROM_CWD, "-m", module, *argv)
        self.supervisor.start(ChildSpec(name, command, environ, main=module_main(module, *argv)))


@contextmanager
def open_session(settings: Settings, *, cell_id: str = "", own_broker: bool = True) -> Iterator[Session]:
    """Everything that it started has ended when the block is left.

    own_broker: start a Valkey, else use the broker of the settings. Raises: BlockingIOError (a living command holds the
    cell), ValkeyUnavailable.
    """
    prepare_home(settings.home)
    with (
        open_cell(settings.home, cell_id) as cell,
        Supervisor(settings.logs_dir, shared_fds=(cell.alive_fd,)) as supervisor,
    ):
        if own_broker:
            url = _start_valkey(supervisor, cell, durable=bool(cell_id)).url
            settings = replace(settings, broker_url=url, redis_url=url)
        settings = replace(settings, cell=cell.id)
        settings.tmp_dir.mkdir(parents=True, exist_ok=True)
        yield Session(settings, supervisor)


def _start_valkey(supervisor: Supervisor, cell: Cell, *, durable: bool) -> Valkey:
    """Between the choice of a port and its use somebody else may take it: then another one."""
    for _attempt in range(3):
        valkey = prepare(cell.directory, durable=durable)
        supervisor.start(ChildSpec(_VALKEY, valkey.argv, process_environ(), layer=0, guarded=True))
        if wait_until_ready(valkey, lambda: supervisor.is_running(_VALKEY)):
            return valkey
        supervisor.forget(_VALKEY)
    raise ValkeyUnavailable(f"the embedded Valkey does not start: see {supervisor.log_path(_VALKEY)}")
