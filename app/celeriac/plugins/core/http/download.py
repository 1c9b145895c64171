"""`core.http.Download`: a file of any size from an HTTP server into internal storage."""

import io
import re
import time
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import Any, BinaryIO, ClassVar, cast
from urllib.parse import unquote, urlsplit

import httpx2

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskContext, TaskLogger
from celeriac.plugins.core.http.exchange import HttpTask, response_headers

_TOLD_EVERY_S = 10.0
_LONGEST_NAME = 150


class Download(HttpTask):
    """Stores what a server sends as a file; outputs its `uri`, `code`, `length` in bytes and `headers`.

    The file is named by `saveAs` (folders included), else by the server, else by the end of the address.

    Example:
        id: download
        namespace: company.team
        tasks:
          - id: extract
            type: io.kestra.plugin.core.http.Download
            uri: https://example.com/orders.csv
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.http.Download"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.plugin.fs.http.Download",)

    save_as: Dynamic[str] | None = None
    fail_on_empty_response: Dynamic[bool] = True

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        with self.exchange(context) as response:
            body = _Body(response, context.logger)
            first = body.peek()
            if not first and self.fail_on_empty_response:
                raise TaskFailed(f"{self.shown_uri()} sent an empty answer; failOnEmptyResponse: false accepts it")
            if not first:
                context.logger.warning(f"{self.shown_uri()} sent an empty answer")
            uri = context.files.save(cast(BinaryIO, io.BufferedReader(body, 1 << 20)), self._name(response))
            code, headers = response.status_code, response_headers(response)
        context.counter("response.length", body.length)
        return {"uri": uri, "code": code, "length": body.length, "headers": headers}

    def _name(self, response: httpx2.Response) -> str:
        if self.save_as:
            return self.save_as
        named = _sent_name(response) or unquote(urlsplit(self.uri.strip()).path.rpartition("/")[2])
        name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", named).strip().strip(".")
        if len(name.encode()) > _LONGEST_NAME:
            stem, dot, extension = name.rpartition(".")
            extension = dot + extension if len(extension) < 20 else ""
            name = (stem or name).encode()[: _LONGEST_NAME - 20].decode(errors="ignore") + extension
        return name or "download"


class _Body(io.RawIOBase):
    """The body of a response as a stream that counts, and tells how far it is every ten seconds."""

    def __init__(self, response: httpx2.Response, logger: TaskLogger) -> None:
        self._parts: Iterator[bytes] = response.iter_bytes()
        self._rest = b""
        self._total = response.headers.get("Content-Length")
        self._logger = logger
        self._told = time.monotonic()
        self.length = 0

    def peek(self) -> bytes:
        """The next bytes without taking them; nothing at the end."""
        while not self._rest and (part := next(self._parts, None)) is not None:
            self._rest = part
        return self._rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # io passes a writable memoryview
        data = self.peek()[: len(buffer)]
        self._rest = self._rest[len(data) :]
        buffer[: len(data)] = data
        self.length += len(data)
        self._tell()
        return len(data)

    def _tell(self) -> None:
        if time.monotonic() - self._told < _TOLD_EVERY_S:
            return
        self._told = time.monotonic()
        total = f" of {int(self._total) / 1e6:,.0f}" if self._total else ""
        self._logger.info(f"Downloaded {self.length / 1e6:,.0f}{total} MB so far")


def _sent_name(response: httpx2.Response) -> str | None:
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    name = header.get_filename()
    return re.split(r"[/\\]", name)[-1] if name else None
