"""The files of a namespace as a tree: what people do in a file manager."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from celeriac.core.errors import Refused, StoredFileNotFound
from celeriac.storage.internal import FileFacts, Source, Storage
from celeriac.storage.namespace_files import NamespaceFiles
from celeriac.storage.uris import check_path, encode, file_path, namespace_folder


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or a folder: path without a slash in front; a folder has no bytes and no date."""

    path: str
    is_folder: bool
    bytes: int = 0
    modified_us: int | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class NamespaceTree:
    """Folders exist as long as a file is in them; "" is the root."""

    def __init__(self, files: NamespaceFiles, storage: Storage, local: Path | None) -> None:
        """local: the folder that `files` serves instead of the storage; it is only read."""
        self.files = files
        self._storage = storage
        self._local = local

    def entries(self, namespace: str, folder: str = "") -> list[Entry]:
        """What is right in a folder, folders first. Raises: Refused, StoredFileNotFound for an unknown folder."""
        found = self._local_entries(folder) if self._local is not None else self._stored_entries(namespace, folder)
        if not found and folder:
            raise _absent(namespace, folder)
        return sorted(found, key=lambda one: (not one.is_folder, one.path))

    def stat(self, namespace: str, path: str) -> Entry:
        """A file or a folder. Raises: Refused, StoredFileNotFound."""
        if not path:
            return Entry("", is_folder=True)
        parent = path.rpartition("/")[0]
        for one in self.entries(namespace, parent):
            if one.path == path:
                return one
        raise _absent(namespace, path)

    def put(self, namespace: str, path: str, source: Source) -> int:
        """Stores a file; returns its bytes. Raises: Refused."""
        self._may_change()
        self._check_place(namespace, path)
        return self.files.put(namespace, path, source)

    def move(self, namespace: str, path: str, target: str) -> int:
        """Moves a file or all files of a folder; returns their number. Raises: Refused, StoredFileNotFound."""
        self._may_change()
        if target == path or target.startswith(f"{path}/"):
            raise Refused(f"`{path}` cannot be moved into itself")
        self._check_place(namespace, target)
        moved = [path] if not self.stat(namespace, path).is_folder else list(self._below(namespace, path))
        for one in moved:
            self._storage.move(_uri(namespace, one), _uri(namespace, target + one.removeprefix(path)))
        return len(moved)

    def delete(self, namespace: str, path: str) -> int:
        """Removes a file or all files of a folder; returns their number, 0 = there was none. Raises: Refused."""
        self._may_change()
        if self._storage.delete(_uri(namespace, path)):
            return 1
        return self._storage.delete_prefix(f"{_uri(namespace, path)}/")

    def _may_change(self) -> None:
        if self._local is not None:
            raise Refused(f"The namespace files come from the folder {self._local} (CELERIAC_FILES): change them there")

    def _check_place(self, namespace: str, path: str) -> None:
        """A name is either of a file or of a folder. Raises: Refused."""
        parts = check_path(path).split("/")
        for count in range(1, len(parts)):
            above = "/".join(parts[:count])
            if self._storage.exists(_uri(namespace, above)):
                raise Refused(f"`{above}` is a file, so nothing can be put below it")
        if next(self._storage.list(f"{_uri(namespace, path)}/"), None) is not None:
            raise Refused(f"`{path}` is a folder")

    def _below(self, namespace: str, folder: str) -> Iterator[str]:
        return (path for path in self.files.list(namespace) if path.startswith(f"{folder}/"))

    def _stored_entries(self, namespace: str, folder: str) -> list[Entry]:
        root = namespace_folder(namespace)
        files, folders = self._storage.children(f"{_uri(namespace, folder)}/" if folder else root)
        return [_file(one, root) for one in files] + [
            Entry(file_path(uri.removeprefix(root)), is_folder=True) for uri in folders
        ]

    def _local_entries(self, folder: str) -> list[Entry]:
        assert self._local is not None
        place = self._local / check_path(folder) if folder else self._local
        if not place.is_dir() or not place.resolve().is_relative_to(self._local.resolve()):
            return []
        return [_local_entry(one, self._local) for one in place.iterdir()]


def _uri(namespace: str, path: str) -> str:
    return namespace_folder(namespace) + encode(path)


def _file(facts: FileFacts, root: str) -> Entry:
    path = file_path(facts.uri.removeprefix(root))
    return Entry(path, is_folder=False, bytes=facts.bytes, modified_us=facts.modified_us)


def _local_entry(place: Path, root: Path) -> Entry:
    path = place.relative_to(root).as_posix()
    if place.is_dir():
        return Entry(path, is_folder=True)
    facts = place.stat()
    return Entry(path, is_folder=False, bytes=facts.st_size, modified_us=facts.st_mtime_ns // 1000)


def _absent(namespace: str, path: str) -> StoredFileNotFound:
    return StoredFileNotFound(f"Namespace `{namespace}` has no file or folder `{path}`")
