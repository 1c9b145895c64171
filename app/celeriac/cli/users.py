"""`celeriac users` and `celeriac tokens`: who may log in and with which tokens, on this installation's database."""

from datetime import datetime, timedelta

import click

from celeriac.cli.people import OUTPUT, PASSWORD_STDIN, application, read_password, show
from celeriac.core.users import Role, checked_email

_ROLE = click.Choice([role.value for role in Role])


@click.group()
def users() -> None:
    """Manage who may log in.

    As long as there is no user, everybody on this machine may do everything and nobody else can reach the server.
    """


@users.command("add")
@click.argument("email")
@click.option("--role", type=_ROLE, default=Role.VIEWER.value, show_default=True, help="What the user may do.")
@click.option("--name", help="How the user is called.")
@PASSWORD_STDIN
def add_user(email: str, role: str, name: str | None, from_stdin: bool) -> None:
    """Add the user EMAIL; asks for a password."""
    with application() as app:
        is_first = not app.users.any()
        password = read_password(checked_email(email), from_stdin=from_stdin)
        user = app.users.add(email, password, role, name)
        click.echo(f"added {user.email}, {user.role}", err=True)
        if is_first:
            click.echo("From now on everybody must log in.", err=True)
            if user.role is not Role.ADMIN:
                click.echo("Nobody can manage users on the pages yet: add one with --role admin.", err=True)


@users.command("ls")
@OUTPUT
def list_users(output: str) -> None:
    """List users."""
    with application() as app:
        rows = [
            {
                "email": user.email,
                "name": user.name,
                "role": user.role.value,
                "disabled": user.is_disabled,
                "created": _when(user.created_at),
                "seen": _when(user.seen_at),
            }
            for user in app.users.list()
        ]
        show(rows, output, "there is no user yet: celeriac users add EMAIL --role admin")


@users.command()
@click.argument("email")
@PASSWORD_STDIN
def passwd(email: str, from_stdin: bool) -> None:
    """Set the password of EMAIL and end their sessions."""
    with application() as app:
        user = app.users.get(email)
        app.users.set_password(user.email, read_password(user.email, from_stdin=from_stdin))
        click.echo(f"{user.email} has a new password; their sessions have ended", err=True)


@users.command("role")
@click.argument("email")
@click.argument("role", type=_ROLE)
def set_role(email: str, role: str) -> None:
    """Give EMAIL another ROLE."""
    with application() as app:
        user = app.users.set_role(email, role)
        click.echo(f"{user.email} is {user.role}", err=True)


@users.command()
@click.argument("email")
def disable(email: str) -> None:
    """Shut EMAIL out: sessions end, tokens rest."""
    with application() as app:
        click.echo(f"{app.users.disable(email).email} is disabled", err=True)


@users.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL in again."""
    with application() as app:
        click.echo(f"{app.users.enable(email).email} is enabled", err=True)


@click.group()
def tokens() -> None:
    """Manage API tokens: `Authorization: Bearer TOKEN`, or the token as the password of HTTP Basic."""


@tokens.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is valid.  [default: for ever]")
def add_token(email: str, name: str, days: int | None) -> None:
    """Make a token of EMAIL, called NAME; stdout is the token, which is shown only now."""
    with application() as app:
        secret, token = app.tokens.add(email, name, None if days is None else timedelta(days=days))
        click.echo(
            f"token {token.id} of {token.email}, valid until {_when(token.expires_at) or 'it is removed'}", err=True
        )
        click.echo(secret)


@tokens.command("ls")
@click.argument("email", required=False)
@OUTPUT
def list_tokens(email: str | None, output: str) -> None:
    """List the tokens of EMAIL, or of everybody."""
    with application() as app:
        rows = [
            {
                "id": token.id,
                "email": token.email,
                "name": token.name,
                "created": _when(token.created_at),
                "expires": _when(token.expires_at),
                "used": _when(token.used_at),
            }
            for token in app.tokens.list(email)
        ]
        show(rows, output, "there is no token")


@tokens.command("rm")
@click.argument("token_id", metavar="ID")
def remove_token(token_id: str) -> None:
    """Remove the token ID; what uses it is shut out."""
    with application() as app:
        app.tokens.revoke(token_id)
        click.echo(f"token {token_id} is removed", err=True)


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
