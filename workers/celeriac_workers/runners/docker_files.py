"""Files into a container and out of it, as archives, streamed in both directions."""

import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, cast

import docker
from docker.errors import NotFound

from celeriac.core.errors import StorageFailed
from celeriac.core.globs import matches
from celeriac_workers.runners.caller import scripts_folder

TOOLS = PurePosixPath("/opt/.celeriac")
"""Folder in every container: `scripts` is at the end of the import path, `bin` at the end of PATH."""
_CHUNK_BYTES = 1 << 20
_BLOCK_BYTES = tarfile.BLOCKSIZE
_PYTHON = b'#!/bin/sh\nexec python3 "$@"\n'


def archive_of(directory: Path, tools: Mapping[str, bytes], *, open_to_all: bool) -> Iterator[bytes]:
    """A tar stream, relative to `/`, of a local folder and of the tools that containers have.

    tools: more of them, {name: content}. open_to_all: any user may write to the folder.
    """
    for info, source in _entries(directory, tools):
        if open_to_all and info.name.startswith(str(directory).lstrip("/")):
            info.mode |= 0o777 if info.isdir() else 0o666
        yield info.tobuf(tarfile.PAX_FORMAT)
        if isinstance(source, Path):
            yield from _content(source, info.size)
        elif source:
            yield source + _padding(len(source))
    yield bytes(2 * _BLOCK_BYTES)


def copy_outputs(
    client: docker.APIClient, container: str, inside: str, patterns: Sequence[str], target: Path
) -> list[str]:
    """Copies the files below the folder `inside` that match into `target`, also those that are links.

    Returns the links that lead to no file.
    """
    dangling = []
    for root in _roots(patterns):
        for path, destination in _copy_below(client, container, inside, root, patterns, target):
            if not _copy_file(client, container, os.path.normpath(PurePosixPath(inside, destination)), target / path):
                dangling.append(path)
    return dangling


def read_file(client: docker.APIClient, container: str, path: str) -> bytes:
    """The content of a small file in a container, running or not; nothing when there is none."""
    for archive, member in _members(client, container, path):
        source = archive.extractfile(member)
        return source.read() if source else b""
    return b""


def exists(client: docker.APIClient, container: str, path: str) -> bool:
    """True when the container, which need not run, has this path."""
    try:
        client.get_archive(container, path)[0].close()
    except NotFound:
        return False
    return True


def _entries(directory: Path, tools: Mapping[str, bytes]) -> Iterator[tuple[tarfile.TarInfo, Path | bytes | None]]:
    for folder in (TOOLS, TOOLS / "bin", TOOLS / "scripts"):
        yield _info(str(folder), tarfile.DIRTYPE, 0o755), None
    yield _info(str(TOOLS / "bin" / "python"), tarfile.REGTYPE, 0o755, len(_PYTHON)), _PYTHON
    for name, content in tools.items():
        yield _info(str(TOOLS / name), tarfile.REGTYPE, 0o666, len(content)), content
    module = scripts_folder() / "kestra.py"
    yield _info(str(TOOLS / "scripts" / "kestra.py"), tarfile.REGTYPE, 0o644, module.stat().st_size), module
    yield _info(str(directory), tarfile.DIRTYPE, 0o755), None
    for folder_name, folders, files in os.walk(directory):
        for name in sorted(folders):
            path = Path(folder_name, name)
            yield _info(str(path), tarfile.DIRTYPE, 0o755), None
        for name in sorted(files):
            path = Path(folder_name, name)
            status = path.stat()
            yield _info(str(path), tarfile.REGTYPE, status.st_mode & 0o777, status.st_size, status.st_mtime), path


def _info(path: str, kind: bytes, mode: int, size: int = 0, modified: float = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path.lstrip("/"))
    info.type, info.mode, info.size, info.mtime = kind, mode, size, modified
    return info


def _content(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        left = size
        while left and (chunk := file.read(min(_CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
    yield bytes(left) + _padding(size)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK_BYTES)


def _roots(patterns: Iterable[str]) -> list[str]:
    """The files or folders that have to be looked through; '' is the whole folder."""
    roots = {_root(pattern) for pattern in patterns}
    return [""] if "" in roots else sorted(root for root in roots if _inside(root))


def _root(pattern: str) -> str:
    if pattern.startswith(("glob:", "regex:")):
        return ""
    parts = pattern.lstrip("/").split("/")
    special = next((i for i, part in enumerate(parts) if set(part) & set("*?[{\\")), None)
    return "/".join(parts if special is None else parts[:special])


def _inside(path: str) -> bool:
    return ".." not in PurePosixPath(path).parts


def _copy_below(
    client: docker.APIClient, container: str, inside: str, root: str, patterns: Sequence[str], target: Path
) -> list[tuple[str, str]]:
    """Copies what matches below one root; returns the links found, (path, where it leads from `inside`)."""
    links = []
    for archive, member in _members(client, container, f"{inside}/{root}".rstrip("/")):
        path = str(PurePosixPath(root, *PurePosixPath(member.name).parts[1:]))
        if member.isdir() or not _inside(path) or not any(matches(path, pattern) for pattern in patterns):
            continue
        if member.isreg():
            _save(archive, member, target / path)
        elif member.issym():
            links.append((path, _destination(path, member.linkname)))
        elif member.islnk():
            links.append((path, path))
    return links


def _destination(path: str, link: str) -> str:
    """Where a link leads, absolute or from the folder that `path` starts in."""
    return link if link.startswith("/") else f"{path}/../{link}"


def _copy_file(client: docker.APIClient, container: str, path: str, target: Path) -> bool:
    for archive, member in _members(client, container, path):
        if member.isreg():
            _save(archive, member, target)
            return True
    return False


def _members(client: docker.APIClient, container: str, path: str) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """What the container has at a path, streamed; nothing when it has nothing there."""
    try:
        chunks, _ = client.get_archive(container, path, chunk_size=_CHUNK_BYTES)
    except NotFound:
        return
    with tarfile.open(fileobj=cast("IO[bytes]", _Stream(chunks)), mode="r|") as archive:
        for member in archive:
            yield archive, member


def _save(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    source = archive.extractfile(member)
    if source is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(source, file, _CHUNK_BYTES)
    except OSError as error:
        if error.filename is None and error.errno is None:
            raise
        raise StorageFailed(f"Cannot copy `{member.name}` out of the container to {path}: {error.strerror}") from error


class _Stream:
    """Chunks as a file that can only be read forward."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        parts = [self._rest]
        held = len(self._rest)
        while held < size and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            held += len(chunk)
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]
