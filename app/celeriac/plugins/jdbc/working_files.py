"""`inputFiles` and `outputFiles` of SQL tasks, in the working directory of the attempt."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celeriac.core.dynamic import as_text
from celeriac.core.errors import StorageFailed, TaskFailed
from celeriac.core.globs import matches
from celeriac.core.task_type import TaskFiles

_STORED = ("kestra://", "nsfile://")
_PATTERN = frozenset("*?[{")


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Names the working directory when it cannot be written. Raises: StorageFailed."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(f"Cannot write in the working directory {directory}: {error.strerror or error}") from error


def write_inputs(inputs: Mapping[str, Any], directory: Path, files: TaskFiles) -> None:
    """Puts each file, given as text or as the URI of a stored file, where its name says.

    Raises: StoredFileNotFound, StorageFailed, TaskFailed for a name that leaves the directory.
    """
    for name, content in inputs.items():
        place = inside(directory, name, "inputFiles")
        with writing(directory):
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, as_text(content), files)


def save_outputs(names: Iterable[str], directory: Path, files: TaskFiles) -> dict[str, str]:
    """{name: URI} of the files that were asked for: exact names, or patterns relative to the directory.

    Raises: TaskFailed when a file named exactly was not written.
    """
    saved: dict[str, str] = {}
    for name in names:
        exact = _PATTERN.isdisjoint(name)
        for path in [name] if exact else [path for path in _below(directory) if matches(path, name)]:
            place = inside(directory, path, "outputFiles")
            if not place.is_file():
                raise TaskFailed(f"Property `outputFiles`: `{path}` was not written (expected at {place})")
            saved[path] = files.save(place, path)
    return saved


def inside(directory: Path, name: str, which: str) -> Path:
    """The place of a file in the directory. Raises: TaskFailed when the name leads out of it."""
    place = directory / name
    if Path(name).is_absolute() or ".." in Path(name).parts or place == directory:
        raise TaskFailed(f"Property `{which}`: `{name}` is no path inside the working directory")
    return place


def _write(place: Path, text: str, files: TaskFiles) -> None:
    if not text.startswith(_STORED):
        place.write_text(text, encoding="utf-8")
        return
    with files.open(text) as source, place.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _below(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
