"""Breaks off an HTTP exchange from another thread, wherever it waits."""

import socket
from contextlib import suppress
from types import TracebackType
from typing import Any, Self


class Sockets:
    """Holds duplicates of the sockets of one exchange. `trace` is httpx2's request extension of that name.

    Duplicates, because the original object is emptied while TLS is negotiated.
    """

    def __init__(self) -> None:
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for connection in self._open:
            connection.close()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by httpx2 for each step of a request; notes new connections."""
        if event == "connection.connect_tcp.complete":
            self._open.append(info["return_value"].get_extra_info("socket").dup())

    def shut(self) -> None:
        """Ends every connection at once: a read or write that blocks raises. May be called at any time."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
