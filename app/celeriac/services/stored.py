"""Reading stored files from outside of executions: API, dashboard, CLI."""

from typing import BinaryIO

from celeriac.storage.internal import Storage


class StoredFiles:
    """Files of the internal storage by URI."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(self, uri: str) -> BinaryIO:
        """Raises: StoredFileNotFound, Refused."""
        return self._storage.open(uri)

    def size(self, uri: str) -> int:
        """Bytes. Raises as `open`."""
        return self._storage.size(uri)
