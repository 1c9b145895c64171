"""`celeriac server`: every role on one machine under one supervisor, until it is told to end."""

import os
import socket
import time
from dataclasses import replace
from ipaddress import ip_address

import click

from celeriac.cli.application import import_application, reclaim
from celeriac.cli.cells import HomeUnusable
from celeriac.cli.exits import Exit
from celeriac.cli.interrupts import Interrupts
from celeriac.cli.session import Session, open_session
from celeriac.cli.supervisor import ChildKeepsEnding
from celeriac.cli.valkey import ValkeyUnavailable
from celeriac.settings import Settings

_CELL = "main"


def serve(settings: Settings, *, host: str, port: int, workers: int) -> Exit:
    """Runs until Ctrl-C or SIGTERM, which are a good end."""
    settings = replace(settings, web_host=host, web_port=port)
    if problem := _address_problem(host, port):
        click.echo(f"celeriac: {problem}", err=True)
        return Exit.USAGE
    try:
        with (
            Interrupts() as interrupts,
            open_session(settings, cell_id=_CELL, own_broker=not settings.broker_url) as session,
        ):
            _start(session, workers)
            interrupts.patient = True
            told = False
            while not interrupts.count:
                for ended in session.supervisor.poll():
                    click.echo(f"{ended.name} ended ({ended.exit_code}), it is started again", err=True)
                if not told and _listens(host, port):
                    click.echo(f"Celeriac listens on http://{host}:{port}")
                    told = True
                time.sleep(0.2)
            click.echo("ending …", err=True)
    except BlockingIOError:
        click.echo(f"celeriac: a server already runs with {settings.home}", err=True)
        return Exit.FAILED
    except (ValkeyUnavailable, ChildKeepsEnding, HomeUnusable) as error:
        click.echo(f"celeriac: {error}", err=True)
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return Exit.OK


def _address_problem(host: str, port: int) -> str:
    """Why nothing may, or can, listen there; empty when it can. Nobody logs in yet, so only this machine may."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not ip_address(address[0]).is_loopback:
            return (
                f"--host {host}: the server asks nobody to log in yet, so it listens on this machine only (127.0.0.1)"
            )
        with socket.create_server((host, port), family=family):
            return ""
    except OSError as error:
        return f"cannot listen on {host}:{port}: {os.strerror(error.errno) if error.errno else error}"


def _start(session: Session, workers: int) -> None:
    build = import_application()
    session.start("web")
    session.start("orchestrator")
    session.start("sweeper")
    for number in range(workers):
        session.start("worker", number=number)
    engine = build(session.settings)
    engine.migrate()
    session.supervisor.go()
    reclaim(engine, session.settings)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
