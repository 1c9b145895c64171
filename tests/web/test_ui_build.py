"""Building the dashboard with the package: when it is done, with which Node.js, and what is said when it cannot be."""

import os
import stat
from pathlib import Path
from types import ModuleType

import pytest

from web.ui_tools import hatch_build


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The hook for a small UI that is not built."""
    module = hatch_build()
    monkeypatch.delenv("CELERIAC_SKIP_UI", raising=False)
    for name, path in {"UI": "ui", "DIST": "dist", "STAMP": "dist/.stamp"}.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    (tmp_path / "ui/node_modules").mkdir(parents=True)
    (tmp_path / "ui/src.ts").write_text("1")
    (tmp_path / "dist").mkdir()
    return module


def program(folder: Path, name: str, text: str) -> Path:
    """An executable shell script."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_what_is_built_of_these_sources_is_not_built_again(build: ModuleType) -> None:
    assert build.is_needed()
    build.STAMP.write_text(build.digest(build.sources()))

    assert not build.is_needed()


def test_a_changed_source_is_built_again(build: ModuleType) -> None:
    build.STAMP.write_text(build.digest(build.sources()))

    (build.UI / "src.ts").write_text("2")

    assert build.is_needed()


def test_installed_packages_are_no_sources(build: ModuleType) -> None:
    (build.UI / "node_modules/package.js").write_text("")

    assert [file.name for file in build.sources()] == ["src.ts"]


def test_nothing_is_built_for_who_wants_no_dashboard(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERIAC_SKIP_UI", "1")

    assert not build.is_needed()


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [
        ("v18.20.4", False),
        ("v20.18.0", False),
        ("v20.19.0", True),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
    ],
)
def test_node_is_taken_from_path_when_vite_runs_on_it(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    program(tmp_path, "node", f"echo {version}")
    program(tmp_path, "npm", "")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    assert (build.on_path() is not None) == is_taken


def test_a_missing_registry_is_told_in_one_sentence(build: ModuleType, tmp_path: Path) -> None:
    npm = program(
        tmp_path, "npm", "echo 'npm error code ECONNREFUSED' >&2; echo 'npm error syscall connect' >&2; exit 1"
    )

    with pytest.raises(SystemExit) as stopped:
        build.install([str(npm)], tmp_path)

    assert stopped.value.code == (
        "The dashboard cannot be built, since npm got no packages from its registry "
        "(code ECONNREFUSED syscall connect). "
        "Set CELERIAC_SKIP_UI=1 to install the API and the command without the dashboard."
    )


def test_without_a_home_npm_gets_a_cache_of_its_own(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nonexistent"))
    npm = program(tmp_path, "npm", f'echo "$npm_config_cache" > {tmp_path}/cache')

    build.install([str(npm)], tmp_path)

    assert "celeriac-npm-" in (tmp_path / "cache").read_text()
