"""The command line: what is understood, what is refused before anything starts."""

import subprocess
import sys
from pathlib import Path

import pytest


def _celeriac(*argv: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "celeriac", *argv], cwd=folder, capture_output=True, text=True, timeout=30
    )


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "flow.yaml"
    path.write_text("id: a\nnamespace: b\ntasks: []\n")
    return path


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("run", "absent.yaml"), "there is no file absent.yaml"),
        (("run", "."), ". is a folder, not a file"),
        (("run",), "Missing argument 'FILE'"),
        (("run", "flow.yaml", "-i", "novalue"), "`novalue` must be written key=value"),
        (("run", "flow.yaml", "-i", "a=1", "-i", "a=2"), "input `a` is given twice"),
        (("run", "flow.yaml", "-f", "data=@absent.csv"), "there is no file absent.csv"),
        (("run", "flow.yaml", "-f", "data"), "`data` must be written input=@file"),
        (("run", "flow.yaml", "--runner", "podman"), "'podman' is not one of"),
        (("run", "flow.yaml", "--flows", "absent"), "'absent' does not exist"),
        (("validate",), "Missing argument 'PATHS...'"),
    ],
)
def test_a_wrong_command_line_is_refused_with_exit_code_2(flow: Path, argv: tuple[str, ...], message: str) -> None:
    result = _celeriac(*argv, folder=flow.parent)

    assert (result.returncode, message in result.stderr) == (2, True), result.stderr


def test_help_imports_none_of_the_heavy_libraries() -> None:
    heavy = "sqlalchemy pydantic celery rich yaml redis"
    code = f"import sys; import celeriac.cli.main; print([m for m in '{heavy}'.split() if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)

    assert result.stdout == "[]\n"


def test_a_refused_command_line_leaves_no_state_behind(flow: Path) -> None:
    _celeriac("run", "flow.yaml", "-i", "novalue", folder=flow.parent)

    assert sorted(path.name for path in flow.parent.iterdir()) == ["flow.yaml"]
