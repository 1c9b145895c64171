"""`celeriac server`: every role on one machine under one supervisor, until it is told to end."""

import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path

import click

from celeriac.cli.address import address_problem, answers, free_port, url_of
from celeriac.cli.application import import_application
from celeriac.cli.cells import HomeUnusable
from celeriac.cli.exits import Exit
from celeriac.cli.interrupts import Interrupts
from celeriac.cli.overview import overview
from celeriac.cli.prepared import WITHOUT_EXAMPLES, Prepared
from celeriac.cli.roles import existing_roles
from celeriac.cli.session import Session, open_session
from celeriac.cli.supervisor import ChildEnded, Supervisor
from celeriac.cli.valkey import ValkeyUnavailable
from celeriac.settings import Settings

_CELL = "main"
_URL_FILE = "url"
_POLL_S = 0.2
_SHARED_MODULES = ("celeriac_workers.preload", "celeriac.web", "gunicorn.workers.gthread")
_TOLD_TIMES = 3
"""A child that ends again and again is told of so often."""


@dataclass(frozen=True, slots=True)
class ServerArguments:
    """What the command line says. watched: a folder whose flows are deployed when they are saved."""

    workers: int = 1
    watched: Path | None = None
    has_examples: bool = True


def serve(settings: Settings, arguments: ServerArguments) -> Exit:
    """Runs until Ctrl-C or SIGTERM, which are a good end."""
    try:
        with Interrupts() as interrupts:
            if problem := _problem(settings):
                click.echo(f"celeriac: {problem}", err=True)
                return Exit.USAGE
            with open_session(_with_flower(settings), cell_id=_CELL) as session:
                return _Server(session, arguments, interrupts).run()
    except BlockingIOError:
        click.echo(f"celeriac: {_other_server(settings)}", err=True)
        return Exit.FAILED
    except (ValkeyUnavailable, HomeUnusable) as error:
        click.echo(f"celeriac: {error}", err=True)
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


class _Server:
    """The roles of a session. This process itself connects to nothing, so that it may fork them again and again."""

    def __init__(self, session: Session, arguments: ServerArguments, interrupts: Interrupts) -> None:
        self._session = session
        self._arguments = arguments
        self._interrupts = interrupts
        self._url = url_of(session.settings.web_host, session.settings.web_port)
        (session.settings.cell_dir / _URL_FILE).write_text(self._url)

    def run(self) -> Exit:
        """From nothing to the last signal."""
        import_application(self._session.settings, _SHARED_MODULES)
        supervisor = self._session.supervisor
        examples = () if self._arguments.has_examples else (WITHOUT_EXAMPLES,)
        preparing = self._session.program("preparing", "celeriac.cli.preparing", *examples, talks=True)
        if exit_code := supervisor.run_once(preparing):
            return Exit(exit_code) if exit_code in set(Exit) else Exit.FAILED
        supervisor.go()
        roles = existing_roles()
        self._start(roles)
        self._interrupts.patient = True
        told = False
        while not self._interrupts.count:
            for ended in supervisor.poll():
                _tell(ended, supervisor)
            if not told and answers(self._url, "/readyz"):
                self._welcome(roles)
                told = True
            time.sleep(_POLL_S)
        click.echo("ending …", err=True)
        return Exit.OK

    def _start(self, roles: tuple[str, ...]) -> None:
        for role in roles:
            for number in range(self._arguments.workers if role == "worker" else 1):
                self._session.start(role, number=number)
        if watched := self._arguments.watched:
            redeploying = self._session.program("watcher", "celeriac.cli.redeploy", str(watched), talks=True)
            self._session.supervisor.start(redeploying)

    def _welcome(self, roles: tuple[str, ...]) -> None:
        text = overview(
            self._session.settings,
            has_users=Prepared.read(self._session.settings).has_users,
            has_flower="flower" in roles,
            own_redis=self._session.own_redis,
        )
        click.echo(text)


def _problem(settings: Settings) -> str:
    """Why nothing may listen there; when it is because this server runs already, that is said."""
    problem = address_problem(settings.web_host, settings.web_port)
    url = _url_of_other(settings)
    if problem and url == url_of(settings.web_host, settings.web_port) and answers(url, "/healthz"):
        raise BlockingIOError
    return problem


def _other_server(settings: Settings) -> str:
    url = _url_of_other(settings)
    return f"a server already runs with {settings.home}{f': {url}' if url else ''}"


def _url_of_other(settings: Settings) -> str:
    path = settings.home / "run" / _CELL / _URL_FILE
    return path.read_text() if path.exists() else ""


def _with_flower(settings: Settings) -> Settings:
    if settings.flower_url:
        return settings
    return replace(settings, flower_url=f"http://celeriac:{secrets.token_hex(16)}@127.0.0.1:{free_port()}")


def _tell(ended: ChildEnded, supervisor: Supervisor) -> None:
    if ended.times < _TOLD_TIMES:
        click.echo(f"{ended.name} ended ({ended.exit_code}), it is started again", err=True)
    elif ended.times == _TOLD_TIMES:
        log = supervisor.log_path(ended.name)
        click.echo(f"{ended.name} ends again and again ({ended.exit_code}), it is still tried: see {log}", err=True)
