"""The `celeriac` command: options and help. Imports of each command wait until it is called: `--help` must be quick."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from celeriac.cli.arguments import FlowFile, KeyFile, KeyValue, RunArguments, unique
from celeriac.cli.exits import Exit
from celeriac.cli.roles import ROLES, WEB, become
from celeriac.cli.users import tokens, users
from celeriac.settings import Settings, SettingsInvalid, process_settings

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_OUTPUT = click.Choice(["text", "json"])


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"celeriac {version('celeriac')}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Declarative YAML workflows on Celery."""


@cli.command()
@click.argument("file", type=FlowFile())
@click.option("-i", "--input", "inputs", type=KeyValue(), multiple=True, help="An input of the flow; may be repeated.")
@click.option("-f", "--file", "file_inputs", type=KeyFile(), multiple=True, help="A FILE input from a local file.")
@click.option("--label", "labels", type=KeyValue(), multiple=True, help="A label of the execution; may be repeated.")
@click.option("--flows", type=_FOLDER, help="Folder of flows that subflows are found in. [default: FILE's folder]")
@click.option("--files", type=_FOLDER, help="Namespace files. [default: _files beside FILE]")
@click.option("--runner", type=click.Choice(["docker", "process"]), help="Run every script there.")
@click.option("--download", type=click.Path(file_okay=False, path_type=Path), help="Write output files to this folder.")
@click.option("-o", "--output", type=_OUTPUT, default="text", help="json: one document on stdout, all else on stderr.")
def run(
    file: Path,
    inputs: tuple[tuple[str, str], ...],
    file_inputs: tuple[tuple[str, Path], ...],
    labels: tuple[tuple[str, str], ...],
    flows: Path | None,
    files: Path | None,
    runner: str | None,
    download: Path | None,
    output: str,
) -> None:
    """Run the flow in FILE once, here, and exit with its end: 0 success or warning, 1 any other, 3 refused.

    Nothing needs to be set up: a broker and a database are brought along; state is kept in .celeriac/.
    """
    from celeriac.cli.run import run as run_flow

    arguments = RunArguments(
        file=file,
        inputs=unique(inputs, "input"),
        file_inputs=unique(file_inputs, "input"),
        labels=unique(labels, "label"),
        flows=flows,
        files=files,
        runner=runner or "",
        download=download,
        json_wanted=output == "json",
    )
    sys.exit(run_flow(arguments, _settings()))


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", type=_OUTPUT, default="text", help="json: one document on stdout.")
def validate(paths: tuple[Path, ...], output: str) -> None:
    """Check flow files, and all flows in folders; exits with 3 when one is invalid."""
    from celeriac.cli.validate import validate as validate_paths
    from celeriac.flowfile import parse
    from celeriac.plugins.discovery import discover

    types = discover()
    sys.exit(validate_paths(lambda text, file: parse(text, types, file=file), paths, json_wanted=output == "json"))


@cli.group()
def flow() -> None:
    """Look at a flow without running it."""


@flow.command()
@click.argument("file", type=FlowFile())
def canvas(file: Path) -> None:
    """Print the Celery canvases that the flow in FILE becomes."""
    from celeriac.cli.canvas import print_canvas

    sys.exit(print_canvas(_settings(), file))


@cli.command()
@click.argument("text", default="")
@click.option("-o", "--output", type=_OUTPUT, default="text", help="json: one document on stdout.")
def plugins(text: str, output: str) -> None:
    """List task types, task runners and triggers whose name contains TEXT."""
    from celeriac.cli.plugins import list_plugins
    from celeriac.core.plugin_types import KINDS
    from celeriac.plugins.discovery import discover

    sys.exit(list_plugins(discover(), tuple(KINDS), text, json_wanted=output == "json"))


@cli.command()
@click.option("--host", help="Address to listen on.  [default: CELERIAC_WEB_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: CELERIAC_WEB_PORT or 8080]")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--watch", "watched", type=_FOLDER, help="Deploy the flows of this folder whenever they are saved.")
@click.option("--no-examples", is_flag=True, help="Do not register the flows of the namespace `tutorial`.")
def server(host: str | None, port: int | None, workers: int, watched: Path | None, no_examples: bool) -> None:
    """Run every role on this machine and, unless configured, a broker and a database."""
    from celeriac.cli.server import ServerArguments, serve

    settings = _settings()
    settings = replace(settings, web_host=host or settings.web_host, web_port=port or settings.web_port)
    sys.exit(serve(settings, ServerArguments(workers, watched, has_examples=not no_examples)))


def _role_command(role: str, text: str) -> click.Command:
    """Plays one role in this process: for several machines, or a supervisor of another kind."""

    def play() -> None:
        from celeriac.cli.address import address_problem

        settings = _settings()
        if role == WEB and (problem := address_problem(settings.web_host, settings.web_port)):
            click.echo(f"celeriac: {problem}", err=True)
            sys.exit(Exit.USAGE)
        become(role)

    return click.Command(role, callback=play, help=f"{text} One role alone, configured by the environment.")


for _role, _text in ROLES.items():
    cli.add_command(_role_command(_role, _text))


cli.add_command(users)
cli.add_command(tokens)


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli()


def _settings() -> Settings:
    try:
        return process_settings()
    except SettingsInvalid as error:
        raise click.UsageError(str(error)) from error
