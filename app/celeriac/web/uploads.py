"""Forms with files of any size: each file goes straight to a folder of its request, which goes away with it.

werkzeug alone would keep 500 kB of each file in memory, the rest in the system's folder for temporary files, and every
file would have to be copied once more to keep its name.
"""

import errno
import io
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask, Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, ServiceUnavailable
from werkzeug.formparser import FormDataParser

LARGEST_FIELD = 5_000_000
"""Bytes of a field of a form that is no file."""
LARGEST_FORM = 20_000_000
"""Bytes of a form without its files."""
MOST_PARTS = 1000
LARGEST_BODY = 50_000_000
"""Bytes of a body that is no form with files; views set less."""
_LONGEST_NAME = 200
_ABANDONED_S = 24 * 3600
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(ServiceUnavailable):
    """A file could not be taken."""

    description = "The disk for uploads is full; free some space, then send the files again. Nothing was started"


class UploadRequest(Request):
    """A request whose files lie in `uploads` while it lasts."""

    uploads_folder: Path | None = None
    file_bytes = 0
    _folder: Path | None = None
    _count = 0

    @property
    def max_content_length(self) -> int | None:  # of Flask
        most = super().max_content_length
        return LARGEST_BODY if most is None and self.mimetype != "multipart/form-data" else most

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def make_form_data_parser(self) -> FormDataParser:
        """One that tells what is wrong: a form cut short must not count as an empty one."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _load_form_data(self) -> None:
        """gunicorn's errors of a chunked body are an OSError without a number."""
        try:
            super()._load_form_data()
        except (ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise BadRequest(f"The form cannot be read: {error}") from error

    def _get_stream_for_parsing(self) -> IO[bytes]:
        return _Form(super()._get_stream_for_parsing(), self)  # type: ignore[return-value] # it is only read

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self._folder is None:
            assert self.uploads_folder is not None
            self._folder = _new_folder(self.uploads_folder)
        self._count += 1
        place = self._folder / str(self._count)
        place.mkdir()
        return cast(IO[bytes], UploadedFile(place / _safe(filename or ""), self))

    def close(self) -> None:
        """Ends with the request, however it went."""
        super().close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


class UploadedFile(io.RawIOBase):
    """A file on its way in, and then to be read. Raises: DiskFull."""

    def __init__(self, path: Path, request: UploadRequest) -> None:
        self.path = path
        self._file = open_file(path)
        self._request = request

    def write(self, data: Any) -> int:
        """Writes everything."""
        self._request.file_bytes += len(data)
        rest = memoryview(data)
        while rest:
            try:
                written = self._file.write(rest)
            except OSError as error:
                if error.errno in _FULL:
                    raise DiskFull from error
                raise
            rest = rest[written or 0 :]
        return len(data)

    def readinto(self, buffer: Any) -> int | None:
        return self._file.readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Ends it; its path stays as long as the request does."""
        self._file.close()
        super().close()


def open_file(path: Path) -> io.FileIO:
    """A new file, unbuffered: what comes are chunks already."""
    return path.open("w+b", buffering=0)


class _Form:
    """The body of a form as it is read. Raises: RequestEntityTooLarge when it is large beside its files."""

    def __init__(self, stream: IO[bytes], request: UploadRequest) -> None:
        self._stream = stream
        self._request = request
        self._bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._bytes += len(data)
        if self._bytes - self._request.file_bytes > LARGEST_FORM:
            raise RequestEntityTooLarge(
                f"The fields of a form have at most {LARGEST_FORM:,} bytes; send files as files"
            )
        return data


def register_uploads(flask: Flask, folder: Path) -> None:
    """Makes `flask` take forms with files by way of a folder."""
    request_class = type("Request", (UploadRequest,), {"uploads_folder": folder})
    flask.request_class = request_class
    flask.config.update(MAX_FORM_MEMORY_SIZE=LARGEST_FIELD, MAX_FORM_PARTS=MOST_PARTS)


def _new_folder(below: Path) -> Path:
    """A folder of one request; those that a killed process has left are removed by the way."""
    below.mkdir(parents=True, exist_ok=True)
    for one in os.scandir(below):
        if time.time() - one.stat(follow_symlinks=False).st_mtime > _ABANDONED_S:
            shutil.rmtree(one.path, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=below))


def _safe(name: str) -> str:
    """The last part of a file's name, as a file system can hold it."""
    last = re.split(r"[/\\]", name)[-1].replace("\0", "")
    cut = last.encode("utf-8", "replace")[-_LONGEST_NAME:].decode("utf-8", "ignore")
    return "file" if cut in ("", ".", "..") else cut
