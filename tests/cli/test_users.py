"""`celeriac users` and `celeriac tokens`: as they are typed, on a database of their own."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from celeriac.cli.main import cli
from celeriac.settings import Settings
from celeriac.wiring import App, build

ANN = "ann@example.com"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CELERIAC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CELERIAC_DATABASE_URL", raising=False)
    return tmp_path / "home"


def celeriac(*argv: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, argv, input=given)


def added(*argv: str) -> Result:
    return celeriac("users", "add", ANN, "--password-stdin", *argv, given="correct horse\n")


def application(home: Path) -> App:
    return build(Settings.from_environ({"CELERIAC_HOME": str(home)}))


def test_a_user_is_added_before_there_is_a_server(home: Path) -> None:
    result = added("--role", "admin", "--name", "Ann")

    user = application(home).users.verify(ANN, "correct horse")
    assert result.exit_code == 0
    assert user is not None
    assert (user.role, user.name) == ("admin", "Ann")


def test_the_first_user_is_told_what_changes() -> None:
    assert "everybody must log in" in added().stderr


def test_a_list_tells_who_there_is() -> None:
    added("--role", "editor")

    table = celeriac("users", "ls").stdout.splitlines()
    document = json.loads(celeriac("users", "ls", "-o", "json").stdout)

    assert [line.split()[0] for line in table] == ["EMAIL", ANN]
    assert [(one["email"], one["role"], one["disabled"]) for one in document] == [(ANN, "editor", False)]


def test_a_password_is_set_anew(home: Path) -> None:
    added()
    result = celeriac("users", "passwd", ANN, "--password-stdin", given="another horse\n")

    assert result.exit_code == 0
    assert application(home).users.verify(ANN, "another horse") is not None


def test_a_user_is_shut_out_and_let_in(home: Path) -> None:
    added()
    celeriac("users", "disable", ANN)
    while_out = application(home).users.verify(ANN, "correct horse")
    celeriac("users", "enable", ANN)

    assert while_out is None
    assert application(home).users.verify(ANN, "correct horse") is not None


def test_a_role_is_changed(home: Path) -> None:
    added()
    celeriac("users", "role", ANN, "operator")

    assert application(home).users.get(ANN).role == "operator"


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("add", "ann"), 3, "no email address"),
        (("add", "bob@example.com"), 3, "at least 8 characters"),
        (("add", ANN), 6, "already is a user"),
        (("passwd", "bob@example.com"), 4, "no user bob@example.com"),
        (("disable", "bob@example.com"), 4, "no user bob@example.com"),
        (("disable", ANN), 6, "last admin"),
        (("role", ANN, "king"), 2, "king"),
    ],
)
def test_what_does_not_work_says_why(argv: tuple[str, ...], code: int, said: str) -> None:
    added("--role", "admin")
    has_password = argv[0] in ("add", "passwd")
    password = "short\n" if argv == ("add", "bob@example.com") else "correct horse\n"

    result = celeriac("users", *argv, *(["--password-stdin"] if has_password else []), given=password)

    assert (result.exit_code, said in result.stderr) == (code, True)


def test_without_a_terminal_nobody_is_asked_for_a_password() -> None:
    result = celeriac("users", "add", ANN)

    assert (result.exit_code, "--password-stdin" in result.stderr) == (2, True)


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(home: Path) -> None:
    keyboard, terminal = pty.openpty()
    argv = [sys.executable, "-m", "celeriac", "users", "add", ANN]
    environ = {**os.environ, "CELERIAC_HOME": str(home)}
    with subprocess.Popen(
        argv, stdin=terminal, stdout=terminal, stderr=terminal, env=environ, start_new_session=True
    ) as process:
        shown = b""
        for prompt in (b"Password of", b"The same again"):
            while prompt not in shown:
                shown += os.read(keyboard, 1024)
            os.write(keyboard, b"correct horse\n")
        process.wait(60)
    os.close(terminal)
    os.close(keyboard)

    assert b"horse" not in shown
    assert application(home).users.verify(ANN, "correct horse") is not None


def test_a_token_is_shown_once_on_stdout(home: Path) -> None:
    added()
    result = celeriac("tokens", "add", ANN, "ci", "--days", "30")
    listed = celeriac("tokens", "ls", "-o", "json").stdout

    user = application(home).tokens.verify(result.stdout.strip())
    assert user is not None
    assert user.email == ANN
    assert result.stdout.strip() not in listed


def test_a_removed_token_is_worth_nothing(home: Path) -> None:
    added()
    secret = celeriac("tokens", "add", ANN, "ci").stdout.strip()
    (token,) = json.loads(celeriac("tokens", "ls", ANN, "-o", "json").stdout)
    result = celeriac("tokens", "rm", token["id"])

    assert result.exit_code == 0
    assert application(home).tokens.verify(secret) is None
    assert celeriac("tokens", "rm", token["id"]).exit_code == 4


def test_a_database_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERIAC_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    result = celeriac("users", "ls")

    assert (result.exit_code, "the database does not answer" in result.stderr) == (7, True)
