"""Files that belong to a namespace: in internal storage, or in a local folder while `celeriac run` uses one."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import BinaryIO

from celeriac.core.errors import StorageFailed, StoredFileNotFound
from celeriac.storage.internal import Source, Storage
from celeriac.storage.uris import check_path, encode, file_path, namespace_file, namespace_folder


class NamespaceFiles:
    """Lists, opens and writes files by namespace and relative path."""

    def __init__(self, storage: Storage, folder: Path | None = None, namespaces: Collection[str] | None = None) -> None:
        """folder: serves these namespaces (None = every one) instead of the storage; it is only read."""
        self._storage = storage
        self._folder = folder
        self._namespaces = namespaces

    def list(self, namespace: str) -> Mapping[str, str]:
        """{path: `nsfile://` URI}, ordered by path."""
        folder = self._local(namespace)
        paths = self._stored(namespace) if folder is None else _below(folder)
        return {path: namespace_file(namespace, path) for path in sorted(paths)}

    def open(self, namespace: str, path: str) -> BinaryIO:
        """The file as a binary stream. Raises: StoredFileNotFound, Refused."""
        folder = self._local(namespace)
        if folder is not None:
            return _open_local(folder, namespace, path)
        try:
            return self._storage.open(_stored(namespace, path))
        except StoredFileNotFound as error:
            raise _absent(namespace, path, "the storage") from error

    def size(self, namespace: str, path: str) -> int:
        """Bytes. Raises: StoredFileNotFound, Refused."""
        with self.open(namespace, path) as stream:
            return stream.seek(0, 2)

    def put(self, namespace: str, path: str, source: Source) -> int:
        """Stores a file, never in the local folder; returns its bytes. Raises: Refused."""
        return self._storage.put(_stored(namespace, path), source)

    def _local(self, namespace: str) -> Path | None:
        served = self._namespaces is None or namespace in self._namespaces
        return self._folder if served else None

    def _stored(self, namespace: str) -> Collection[str]:
        folder = namespace_folder(namespace)
        return [file_path(uri.removeprefix(folder)) for uri in self._storage.list(folder)]


def _stored(namespace: str, path: str) -> str:
    return namespace_folder(namespace) + encode(path)


def _below(folder: Path) -> Collection[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def _open_local(folder: Path, namespace: str, path: str) -> BinaryIO:
    place = folder / check_path(path)
    try:
        if not place.resolve().is_relative_to(folder.resolve()):
            raise _absent(namespace, path, f"{folder}; it is a link that leaves the folder")
        return place.open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise _absent(namespace, path, str(folder)) from error
    except OSError as error:
        raise StorageFailed(f"Cannot read the namespace file {place}: {error.strerror}") from error


def _absent(namespace: str, path: str, place: str) -> StoredFileNotFound:
    return StoredFileNotFound(f"Namespace `{namespace}` has no file `{path}` (looked in {place})")
