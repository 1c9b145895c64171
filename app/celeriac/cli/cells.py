"""Cells: each `celeriac run` (or server) in a folder is one, with a lock that the system frees when it is gone.

Two locks say who is there: `owner` is held by the command itself, `alive` also by every child process.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from celeriac.settings import LASTING

_GONE_WITHIN_S = 12.0


class HomeUnusable(Exception):
    """The home folder cannot be made or written; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of this process. alive_fd: to be kept open by every child."""

    id: str
    directory: Path
    alive_fd: int


@contextmanager
def open_cell(home: Path, cell_id: str = "") -> Iterator[Cell]:
    """Makes the folder of a cell and holds its locks.

    A new cell (no id given) ends with its command: its folders are removed.
    Raises: BlockingIOError when a living command holds the cell of this id.
    """
    lasting = bool(cell_id)
    cell_id = cell_id or secrets.token_hex(4)
    directory = home / "run" / cell_id
    with _registry(home):
        directory.mkdir(mode=0o700, exist_ok=True)
        if lasting:
            (directory / LASTING).touch()
        owner = _lock(directory / "owner")
        alive = _lock(directory / "alive")
    try:
        yield Cell(cell_id, directory, alive)
    finally:
        if not lasting:
            remove(home, cell_id)
        os.close(alive)
        os.close(owner)


def prepare_home(home: Path) -> None:
    """Makes the home folder, which keeps itself out of git. Raises: HomeUnusable."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        ignore = home / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        (home / "run").mkdir(exist_ok=True)
    except OSError as error:
        raise HomeUnusable(
            f"state cannot be kept in {home} ({error.strerror}); set CELERIAC_HOME to a folder"
        ) from error


def dead_cells(home: Path) -> list[str]:
    """Cells whose command ended without cleaning up, and by now their processes, too. Lasting ones never die."""
    with _registry(home):
        folders = [path for path in (home / "run").iterdir() if path.is_dir() and not (path / LASTING).exists()]
        names = sorted(path.name for path in folders)
        ownerless = [name for name in names if _is_free(home / "run" / name / "owner")]
    return [name for name in ownerless if _becomes_free(home / "run" / name / "alive")]


def remove(home: Path, cell_id: str) -> None:
    """Removes the folders of a cell."""
    shutil.rmtree(home / "tmp" / cell_id, ignore_errors=True)
    shutil.rmtree(home / "run" / cell_id, ignore_errors=True)


@contextmanager
def _registry(home: Path) -> Iterator[None]:
    """Held while a cell appears, so that nobody takes a cell without locks for a dead one."""
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _lock(path: Path) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise
    return fd


def _is_free(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        os.close(_lock(path))
    except BlockingIOError:
        return False
    return True


def _becomes_free(path: Path) -> bool:
    deadline = time.monotonic() + _GONE_WITHIN_S
    while not _is_free(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
