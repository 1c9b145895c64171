"""The log files of child processes: one each, kept under a cap, with a look at the end."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

CAP_BYTES = 10_000_000
_TAIL_BYTES = 8_000


def log_path(folder: Path, name: str) -> Path:
    """Where the output of a child goes."""
    return folder / f"{name}.log"


def open_log(folder: Path, name: str) -> BinaryIO:
    """For appending: several writers may have it open."""
    folder.mkdir(parents=True, exist_ok=True)
    return log_path(folder, name).open("ab")


def rotate(folder: Path, name: str) -> None:
    """Keeps the log under its cap, the part before in `.log.1`; writers append, so it may be emptied under them."""
    path = log_path(folder, name)
    if path.exists() and path.stat().st_size > CAP_BYTES:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def tail(folder: Path, name: str, lines: int = 12) -> str:
    """The last lines."""
    path = log_path(folder, name)
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
