"""Internal storage: files of any size by URI, on a folder, in memory or in a bucket. Knows URIs, not executions."""

import errno
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from celeriac.core.errors import StorageFailed, StoredFileNotFound
from celeriac.storage.reading import open_object
from celeriac.storage.uris import key_of, uri_of

_PART_BYTES = 8 * 1024 * 1024
_PARTS_AT_ONCE = 2
_MOST_PARTS = 9_000
_READ_BYTES = 1024 * 1024

Source = Path | bytes | BinaryIO


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the store knows of a file."""

    uri: str
    bytes: int
    modified_us: int


class Storage:
    """Puts, opens, lists and deletes files. Every method raises StorageFailed when the store behind it fails."""

    def __init__(self, store: ObjectStore, place: str) -> None:
        """`place` names the store in messages, e.g. its URL."""
        self._store = store
        self._place = place

    @classmethod
    def connect(cls, url: str, **options: Any) -> "Storage":
        """The storage at `file:///folder`, `memory:///`, `s3://bucket/prefix`, `gs://…` or `az://…`.

        A folder is made. options: of obstore for buckets, e.g. `endpoint`. Raises: StorageFailed.
        """
        try:
            if url.startswith("file://"):
                folder = unquote(url.removeprefix("file://"))
                return cls(LocalStore(folder, mkdir=True, automatic_cleanup=True), folder)
            return cls(MemoryStore() if url.startswith("memory:") else from_url(url, **options), url)
        except (BaseError, ValueError, TypeError, OSError) as error:
            raise StorageFailed(f"Cannot open the internal storage `{url}`: {_first_line(error)}") from error

    def put(self, uri: str, source: Source) -> int:
        """Stores a file, replacing an older one as a whole; returns its bytes. A stream is read from where it stands.

        Holds 16 MB of it in memory (more above 70 GB, where an object store needs larger parts).
        Raises: Refused for a URI that is none.
        """
        key = key_of(uri)
        if isinstance(source, bytes):
            with self._told("write", uri):
                obstore.put(self._store, key, source, use_multipart=False)
            return len(source)
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self._put_stream(uri, key, stream, source.stat().st_size)
        return self._put_stream(uri, key, source, 0)

    def open(self, uri: str) -> BinaryIO:
        """The file as a seekable binary stream, to be closed. Raises: StoredFileNotFound, Refused."""
        key = key_of(uri)
        with self._told("read", uri):
            return open_object(self._store, key, lambda: self._told("read", uri))

    def size(self, uri: str) -> int:
        """Bytes. Raises: StoredFileNotFound, Refused."""
        with self._told("read", uri):
            return int(obstore.head(self._store, key_of(uri))["size"])

    def exists(self, uri: str) -> bool:
        """True when there is such a file. Raises: Refused."""
        try:
            self.size(uri)
        except StoredFileNotFound:
            return False
        return True

    def list(self, folder: str) -> Iterator[str]:
        """The URIs of all files below a folder (a URI that ends with a slash), in order of their keys."""
        prefix = key_of(folder.rstrip("/"))
        with self._told("list", folder):
            keys = [item["path"] for batch in obstore.list(self._store, prefix=prefix) for item in batch]
        return (uri_of(key) for key in sorted(keys))

    def stat(self, uri: str) -> FileFacts:
        """What is known of a file. Raises: StoredFileNotFound, Refused."""
        with self._told("read", uri):
            return _facts(obstore.head(self._store, key_of(uri)))

    def children(self, folder: str) -> tuple[Sequence[FileFacts], Sequence[str]]:
        """(the files right in a folder, the URIs of the folders there without their last slash)."""
        with self._told("list", folder):
            found = obstore.list_with_delimiter(self._store, prefix=key_of(folder.rstrip("/")))
        return [_facts(one) for one in found["objects"]], [uri_of(key) for key in found["common_prefixes"]]

    def move(self, uri: str, target: str) -> None:
        """Renames a file, replacing what is there. Raises: StoredFileNotFound, Refused."""
        with self._told("move", uri):
            obstore.rename(self._store, key_of(uri), key_of(target))

    def delete(self, uri: str) -> bool:
        """Removes a file; False when there was none."""
        if not self.exists(uri):
            return False
        with self._told("delete", uri):
            obstore.delete(self._store, key_of(uri))
        return True

    def delete_prefix(self, folder: str) -> int:
        """Removes all files below a folder (a URI that ends with a slash); returns their number."""
        prefix = key_of(folder.rstrip("/"))
        count = 0
        with self._told("delete", folder):
            for batch in obstore.list(self._store, prefix=prefix):
                keys = [item["path"] for item in batch]
                obstore.delete(self._store, keys)
                count += len(keys)
        return count

    def _put_stream(self, uri: str, key: str, stream: BinaryIO, size: int) -> int:
        chunks = _Counted(stream)
        part = max(_PART_BYTES, size // _MOST_PARTS)
        with self._told("write", uri):
            obstore.put(self._store, key, chunks, chunk_size=part, max_concurrency=_PARTS_AT_ONCE)
        return chunks.bytes

    @contextmanager
    def _told(self, doing: str, uri: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise StoredFileNotFound(f"`{uri}` is not in the internal storage") from error
        except (BaseError, ValueError) as error:
            raise StorageFailed(
                f"Cannot {doing} `{uri}` in the internal storage {self._place}: {_cause(error)}"
            ) from error


def _facts(meta: Any) -> FileFacts:
    return FileFacts(uri_of(meta["path"]), int(meta["size"]), round(meta["last_modified"].timestamp() * 1_000_000))


class _Counted:
    """The rest of a stream in chunks, counted. Not a file object: obstore would seek it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._stream.read(_READ_BYTES):
            self.bytes += len(chunk)
            yield bytes(chunk)


def _cause(error: Exception) -> str:
    text = _first_line(error)
    if f"os error {errno.ENOSPC}" in text:
        return f"the disk is full ({text}); free some space and restart the execution"
    return text


def _first_line(error: Exception) -> str:
    return io.StringIO(str(error)).readline().strip() or type(error).__name__
