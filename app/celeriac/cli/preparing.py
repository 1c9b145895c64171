"""`python -m celeriac.cli.preparing`: makes everything ready for the roles, in a process of its own.

So the supervisor connects to nothing, and may fork at any time. What it has to know comes back in a file.
"""

import os
import sys

import click

from celeriac import lifeline
from celeriac.cli.application import reclaim
from celeriac.cli.exits import Exit
from celeriac.cli.prepared import WITHOUT_EXAMPLES, Prepared
from celeriac.services.examples import register_examples
from celeriac.services.preparation import NotReady
from celeriac.settings import Settings
from celeriac.wiring import build

_WITHIN_S = 10.0


def main() -> Exit:
    """0 when the roles may work; everything else has been told on stderr."""
    lifeline.attach(os.environ)
    settings = Settings.from_environ(os.environ)
    app = build(settings)
    try:
        app.preparation.services(_WITHIN_S)
        app.preparation.people()
    except NotReady as error:
        click.echo(f"celeriac: {error}", err=True)
        return Exit.USAGE
    reclaim(app, settings)
    if WITHOUT_EXAMPLES not in sys.argv:
        register_examples(app.flows)
    Prepared(has_users=app.users.any()).write(settings)
    app.close()
    return Exit.OK


if __name__ == "__main__":
    sys.exit(main())
