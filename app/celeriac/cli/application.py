"""The application behind the commands: imported late, built for a cell, and what dead cells left to it."""

import contextlib
import gc
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

import click

from celeriac.cli.cells import dead_cells, remove
from celeriac.cli.engine import find_engine
from celeriac.cli.ports import Engine
from celeriac.settings import Settings, process_environ

_SHARED_MODULES = ("celeriac.plugins.discovery", "celeriac.dispatch.publisher", "celeriac.dispatch.queue")
_TIDY_WITHIN_S = 30.0


def import_application(settings: Settings, more: Sequence[str] = ()) -> Callable[[Settings], Engine]:
    """Imports what the command and its roles have in common, most of the start-up time, and more modules.

    Returns what builds the application, connected to nothing yet. Without the collector, which would look through
    what stays for ever again and again, it takes a sixth less.
    """
    gc.disable()
    try:
        from celeriac.wiring import build, preload

        for module in (*_SHARED_MODULES, *more):
            import_module(module)
        preload(settings)
    finally:
        gc.freeze()
        gc.enable()
    return build


def reclaim(engine: Engine, settings: Settings) -> None:
    """Marks what dead commands left in this folder as KILLED and removes their folders and containers."""
    for cell_id in dead_cells(settings.home):
        killed = engine.executions.kill_cell(cell_id)
        remove(settings.home, cell_id)
        if killed:
            tidy(settings)
            noun = "execution" if len(killed) == 1 else "executions"
            click.echo(f"an earlier run ended without its {noun}, now KILLED: {', '.join(killed)}", err=True)


def tidy(settings: Settings) -> None:
    """Removes the containers of attempts that no longer run: for what has been ended by force."""
    if find_engine(process_environ()).url:
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                (sys.executable, "-P", "-m", "celeriac_workers", "tidier"),
                env=process_environ() | settings.environ(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_TIDY_WITHIN_S,
                check=False,
            )
