"""`celeriac flow canvas FILE`: the Celery canvases that a flow becomes."""

from pathlib import Path

import click

from celeriac.cli.application import import_application
from celeriac.cli.exits import Exit
from celeriac.cli.flow_folder import read_flow
from celeriac.cli.problems import tell
from celeriac.core.errors import FlowInvalid
from celeriac.settings import Settings


def print_canvas(settings: Settings, file: Path) -> Exit:
    """Prints the canvas, or what is wrong with the flow; what is not built yet is told beside it."""
    engine = import_application(settings)(settings)
    try:
        parsed = engine.flows.parse(read_flow(file), str(file))
    except FlowInvalid as error:
        tell(error.problems)
        return Exit.INVALID
    tell(parsed.problems)
    tell(parsed.unsupported, "notice")
    if parsed.flow is None or parsed.problems:
        return Exit.INVALID
    for line in engine.canvas(parsed.flow):
        click.echo(line)
    return Exit.OK
