"""What `celeriac users` and `celeriac tokens` have in common: the database they work on, passwords, ends, tables."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from celeriac.cli.exits import Exit
from celeriac.core.errors import CeleriacError, NotFound, Refused
from celeriac.settings import SettingsInvalid, process_settings

if TYPE_CHECKING:
    from celeriac.wiring import App

OUTPUT = click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", help="json: one document on stdout."
)
PASSWORD_STDIN = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from the first line of stdin."
)


@contextmanager
def application() -> Iterator["App"]:
    """The application on the database of the settings, brought to the newest schema; errors end the command."""
    from celeriac.wiring import build

    try:
        app = build(process_settings())
    except SettingsInvalid as error:
        raise click.UsageError(str(error)) from error
    try:
        app.settings.home.mkdir(parents=True, exist_ok=True)
        app.migrate()
        yield app
    except CeleriacError as error:
        click.echo(f"celeriac: {error}", err=True)
        sys.exit(_code(error))
    except app.claims.Unavailable as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        click.echo(f"celeriac: the database does not answer: {reason}", err=True)
        sys.exit(Exit.UNREACHABLE)
    except OSError as error:
        click.echo(f"celeriac: {error.filename or app.settings.home}: {error.strerror}", err=True)
        sys.exit(Exit.FAILED)
    finally:
        app.close()


def read_password(email: str, *, from_stdin: bool) -> str:
    """The password, asked for twice, or read from stdin."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for a password: give it by --password-stdin")
    return str(click.prompt(f"Password of {email}", hide_input=True, confirmation_prompt="The same again", err=True))


def show(rows: Sequence[Mapping[str, Any]], output: str, nothing: str) -> None:
    """Prints rows as a table, or as one JSON document."""
    if output == "json":
        from celeriac.cli.document import print_json

        print_json(list(rows), sys.stdout.buffer)
        return
    if not rows:
        click.echo(nothing, err=True)
        return
    table = [[name.upper() for name in rows[0]], *([_text(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    return "-" if value is None else str(value)


def _code(error: CeleriacError) -> Exit:
    if isinstance(error, NotFound):
        return Exit.NOT_FOUND
    return Exit.CONFLICT if isinstance(error, Refused) else Exit.INVALID
