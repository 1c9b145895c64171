"""Output as lines: bytes come in as they were written, lines go out. Memory is bounded also without any line end."""

from collections.abc import Callable

LINE_BYTES = 1 << 20
MESSAGE_BYTES = 16 << 20
_MESSAGE = b"::{"


class LineSplitter:
    """Splits one stream. Lines over 1 MB are cut; messages of the script protocol (`::{…`) may have 16 MB."""

    def __init__(self, emit: Callable[[bytes], None]) -> None:
        self._emit = emit
        self._pending: list[bytes] = []
        self._size = 0
        self._cut = False

    def feed(self, data: bytes) -> None:
        """Takes what was read; emits every line that it completes."""
        head, *rest = data.split(b"\n")
        self._append(head)
        if not rest:
            return
        self._complete()
        for line in rest[:-1]:
            self._emit(line.removesuffix(b"\r"))
        self._append(rest[-1])

    def close(self) -> None:
        """Emits the last line when it had no end."""
        if self._size:
            self._complete()

    def _append(self, data: bytes) -> None:
        if not data:
            return
        self._pending.append(data)
        self._size += len(data)
        if self._size > LINE_BYTES and self._size > self._limit():
            self._emit(b"".join(self._pending))
            self._reset(cut=True)

    def _limit(self) -> int:
        head = b"".join(self._pending[:4]) if len(self._pending[0]) < len(_MESSAGE) else self._pending[0]
        return MESSAGE_BYTES if head.startswith(_MESSAGE) and not self._cut else LINE_BYTES

    def _complete(self) -> None:
        if self._size or not self._cut:
            self._emit(b"".join(self._pending).removesuffix(b"\r"))
        self._reset(cut=False)

    def _reset(self, *, cut: bool) -> None:
        self._pending = []
        self._size = 0
        self._cut = cut
