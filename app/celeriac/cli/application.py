"""The application behind the commands: imported late, built for a cell, and what dead cells left to it."""

import gc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click

from celeriac.cli.cells import dead_cells, remove
from celeriac.cli.ports import Engine
from celeriac.settings import Settings

_SHARED_MODULES = ("celeriac.plugins.discovery", "celeriac.dispatch.publisher", "celeriac.dispatch.queue")


def import_application() -> Callable[[Settings], Engine]:
    """Imports what the command and its roles have in common, most of the start-up time.

    Returns what builds the application, connected to nothing yet. Without the collector, which would look through
    what stays for ever again and again, it takes a sixth less.
    """
    gc.disable()
    try:
        from celeriac.wiring import build

        for module in _SHARED_MODULES:
            import_module(module)
    finally:
        gc.freeze()
        gc.enable()
    return build


def reclaim(engine: Engine, home: Path) -> None:
    """Marks what dead commands left in this folder as KILLED and removes their folders."""
    for cell_id in dead_cells(home):
        killed = engine.executions.kill_cell(cell_id)
        remove(home, cell_id)
        if killed:
            noun = "execution" if len(killed) == 1 else "executions"
            click.echo(f"an earlier run ended without its {noun}, now KILLED: {', '.join(killed)}", err=True)
