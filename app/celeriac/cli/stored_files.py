"""The stored files that an execution's outputs name: where they are named, their first rows, copies of them."""

import posixpath
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from celeriac.cli.ports import Document, Files
from celeriac.core.errors import StoredFileNotFound

SCHEME = "kestra:///"
_HEAD_BYTES = 64 * 1024
_ROW_WIDTH = 200


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that an output names. owner: task (with its loop value) or `outputs` of the flow. name: as a file name."""

    uri: str
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a stored file. rows: at most as many lines as asked for, cut to one screen width."""

    size_bytes: int
    rows: tuple[str, ...]
    is_text: bool


def stored_files(documents: Sequence[Document]) -> list[StoredFile]:
    """Each file once, in the order in which the executions' task runs, then their outputs, name them."""
    found: dict[str, StoredFile] = {}
    for number, document in enumerate(documents):
        place = "" if number == 0 else f"{document.get('flowId')}/"
        for run in document.get("taskRunList") or ():
            value = run.get("value")
            owner = f"{place}{run['taskId']}" + ("" if value is None else f"/{value}")
            for uri, name in _uris(run.get("outputs"), None):
                found.setdefault(uri, StoredFile(uri, owner, name))
        for uri, name in _uris(document.get("outputs"), None):
            found.setdefault(uri, StoredFile(uri, f"{place}outputs", name))
    return list(found.values())


def only_files(value: Any) -> bool:
    """True for an output that says nothing but which files are stored."""
    if isinstance(value, dict | list):
        return bool(value) and all(only_files(item) for item in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and value.startswith(SCHEME)


def preview(files: Files, uri: str, rows: int = 5) -> Preview:
    """Raises: StoredFileNotFound."""
    size_bytes = files.size(uri)
    with files.open(uri) as stream:
        head = stream.read(_HEAD_BYTES)
    if b"\0" in head:
        return Preview(size_bytes, (), False)
    lines = head.decode("utf-8", "replace").splitlines()[:rows]
    return Preview(size_bytes, tuple(line[:_ROW_WIDTH] for line in lines), True)


def download(files: Files, found: Sequence[StoredFile], folder: Path) -> list[Path]:
    """Copies the files to folder/owner/name; none leaves the folder, two of one name get a number."""
    written: set[Path] = set()
    paths = []
    for file in found:
        target = folder.joinpath(*_safe_parts(file.owner), *_safe_parts(file.name))
        path, number = target, 2
        while path in written:
            path, number = target.with_stem(f"{target.stem}-{number}"), number + 1
        written.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with files.open(file.uri) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
        except StoredFileNotFound:
            path.unlink(missing_ok=True)
            continue
        paths.append(path)
    return paths


def _uris(value: Any, key: str | None) -> Iterator[tuple[str, str]]:
    """(URI, file name) of every stored file in outputs; the keys of `outputFiles` are file names."""
    if isinstance(value, str) and value.startswith(SCHEME):
        yield value, key or posixpath.basename(unquote(urlsplit(value).path)) or "file"
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _uris(item, name if key == "" else "" if name == "outputFiles" else None)
    elif isinstance(value, list):
        for item in value:
            yield from _uris(item, None)


def _safe_parts(name: str) -> list[str]:
    parts = [part.replace("\0", "") for part in name.split("/") if part not in ("", ".", "..")]
    return [part[:200] for part in parts] or ["file"]
