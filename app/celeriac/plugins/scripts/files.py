"""Files in the working directory of a script: those that it is given, and those that it leaves."""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from celeriac.core.errors import TaskFailed
from celeriac.core.globs import matches, selects
from celeriac.core.task_type import TaskContext
from celeriac.plugins.scripts.options import IfExists, NamespaceFiles

COPIES = ".celeriac"
"""Folder in the working directory for copies of the files that code names by their URI; never an output."""
_STORED = ("kestra://", "nsfile://")
_URI = re.compile(r"(?:kestra|nsfile)://[-\w.+~#=/%]+")
_SPECIAL = frozenset("*?[{")
_CHUNK_BYTES = 1 << 20


def write_namespace_files(context: TaskContext, wanted: NamespaceFiles) -> None:
    """Copies the files of the namespaces. Raises: TaskFailed with `ifExists: FAIL`."""
    for namespace in wanted.namespaces or [context.identity.namespace]:
        for path, uri in context.files.namespace_files(namespace).items():
            if selects(path, wanted.include, wanted.exclude):
                name = f"{namespace}/{path}" if wanted.folder_per_namespace else path
                _write_namespace_file(context, wanted.if_exists, name.lstrip("/"), uri)


def _write_namespace_file(context: TaskContext, if_exists: IfExists, name: str, uri: str) -> None:
    place = inside(context.directory, name, "namespaceFiles")
    if place.exists() and if_exists is not IfExists.OVERWRITE:
        if if_exists is IfExists.FAIL:
            raise TaskFailed(f"Property `namespaceFiles`: `{name}` exists already, and `ifExists` is FAIL")
        if if_exists is IfExists.WARN:
            context.logger.warning(f"The namespace file `{name}` was not copied: it exists already")
        return
    _copy(context, uri, place)


def write_input_files(context: TaskContext, files: Mapping[str, str]) -> None:
    """Writes each file, whose content is text or the URI of a stored file.

    Raises: StoredFileNotFound; TaskFailed for a name that leads out of the working directory.
    """
    for name, content in files.items():
        place = inside(context.directory, name, "inputFiles")
        if content.strip().startswith(_STORED):
            _copy(context, content.strip(), place)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")


def localise(context: TaskContext, text: str) -> str:
    """`text` with each URI of a stored file replaced by the path of a copy of it."""
    return _URI.sub(lambda match: str(_local_copy(context, match[0])), text)


def save_outputs(
    context: TaskContext, directory: Path, patterns: Iterable[str], left_out: Iterable[Path]
) -> dict[str, str]:
    """Stores the files below `directory` that match: {relative path: URI}."""
    ignored = {*left_out, context.directory / COPIES}
    wanted = [pattern.removeprefix("./") for pattern in patterns]
    saved: dict[str, str] = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if not any(matches(name, pattern) for pattern in wanted) or not path.is_file():
            continue
        if path not in ignored and ignored.isdisjoint(path.parents):
            saved[name] = context.files.save(path, name)
    return saved


def exact_places(directory: Path, names: Iterable[str]) -> dict[str, str]:
    """{name: absolute path} of the output files that are no patterns; their folders are made."""
    places = {name: inside(directory, name, "outputFiles") for name in names if _SPECIAL.isdisjoint(name)}
    for place in places.values():
        place.parent.mkdir(parents=True, exist_ok=True)
    return {name: str(place) for name, place in places.items()}


def inside(directory: Path, name: str, which: str) -> Path:
    """The place of a file in the directory. Raises: TaskFailed when its name leads out of it."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise TaskFailed(f"Property `{which}`: `{name}` is no path inside the working directory")
    return directory / path


def _local_copy(context: TaskContext, uri: str) -> Path:
    folder = context.directory / COPIES / str(len(list(context.directory.glob(f"{COPIES}/*"))))
    place = folder / PurePosixPath(uri).name
    _copy(context, uri, place)
    return place


def _copy(context: TaskContext, uri: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with context.files.open(uri) as source, place.open("wb") as target:
        shutil.copyfileobj(source, target, _CHUNK_BYTES)
