"""Logs for people: of one execution in order of time, across executions, as text. Lines are masked when stored."""

import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from celeriac.core.execution_filter import ExecutionFilter
from celeriac.core.page import Page
from celeriac.services.documents import Document, log_document
from celeriac.services.variables import iso
from celeriac.services.views import Views
from celeriac.store.list_store import ListStore
from celeriac.store.log_store import LEVELS, LogStore, StoredLog, WrittenAttempt

__all__ = ["LEVELS", "LogFilter", "Logs"]

_BATCH = 1000
_SEARCHED = 500
SEARCH_S = 3.0
"""How long a search across executions may look."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of an execution. level: the least. attempt: from 0, as Kestra counts."""

    level: str = LEVELS[0]
    task_run_id: str | None = None
    task_id: str | None = None
    attempt: int | None = None

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that are not lower."""
        return LEVELS[LEVELS.index(self.level) :]


class Logs:
    """Reads log lines."""

    def __init__(self, store: LogStore, lists: ListStore, views: Views) -> None:
        self._store = store
        self._lists = lists
        self._views = views

    def of(self, execution_id: str, asked: LogFilter = LogFilter()) -> Iterator[Document]:
        """The lines of an execution in order of time, read as they are taken. Raises: ExecutionNotFound, NotFound."""
        attempts = self._attempts(execution_id, asked)
        return (log_document(line) for line in self._merged(execution_id, attempts, asked.levels))

    def text(self, execution_id: str, asked: LogFilter = LogFilter()) -> Iterator[str]:
        """The same as lines of text. Raises: ExecutionNotFound, NotFound."""
        attempts = self._attempts(execution_id, asked)
        return (_as_text(line) for line in self._merged(execution_id, attempts, asked.levels))

    def search(self, asked: ExecutionFilter, level: str, q: str) -> Page[Document]:
        """Lines of the newest executions that the filter finds, the newest execution first.

        Looks through the newest 500 executions, for SEARCH_S seconds at most; total_capped = there may be more.
        """
        found: list[StoredLog] = []
        wanted = asked.page * asked.size
        ends_at = time.monotonic() + SEARCH_S
        executions = self._lists.ids(replace(asked, cursor="", sort=()), _SEARCHED)
        is_whole = len(executions) < _SEARCHED
        for execution_id in executions:
            if len(found) > wanted or time.monotonic() > ends_at:
                is_whole = False
                break
            found += self._store.newest(execution_id, LogFilter(level).levels, q, wanted + 1 - len(found))
        page = found[wanted - asked.size : wanted]
        return Page([log_document(line) for line in page], len(found), not is_whole or len(found) > wanted)

    def delete(self, execution_id: str, asked: LogFilter = LogFilter()) -> int:
        """Deletes lines of an execution; returns how many. Raises: ExecutionNotFound, NotFound."""
        self._views.stored(execution_id)
        seq = self._views.seq_of(execution_id, asked.task_run_id) if asked.task_run_id else None
        return self._store.delete(execution_id, asked.levels, seq=seq, task_id=asked.task_id)

    def _attempts(self, execution_id: str, asked: LogFilter) -> list[WrittenAttempt]:
        self._views.stored(execution_id)
        seq = self._views.seq_of(execution_id, asked.task_run_id) if asked.task_run_id else None
        number = None if asked.attempt is None else asked.attempt + 1
        return self._store.written(execution_id, seq=seq, task_id=asked.task_id, attempt=number)

    def _merged(
        self, execution_id: str, attempts: list[WrittenAttempt], levels: tuple[str, ...]
    ) -> Iterator[StoredLog]:
        """An attempt is opened when its time has come, so that only those are that wrote at the same time."""
        waiting = list(reversed(attempts))
        heap: list[tuple[int, int, int, int, StoredLog, Iterator[StoredLog]]] = []
        while waiting or heap:
            while waiting and (not heap or waiting[-1].first_us <= heap[0][0]):
                one = waiting.pop()
                _push(heap, self._lines(execution_id, one, levels))
            if heap:
                *_, line, rest = heapq.heappop(heap)
                yield line
                _push(heap, rest)

    def _lines(self, execution_id: str, one: WrittenAttempt, levels: tuple[str, ...]) -> Iterator[StoredLog]:
        after = -1
        while lines := self._store.lines(execution_id, one.seq, one.attempt, after, _BATCH, levels):
            yield from lines
            if len(lines) < _BATCH:
                return
            after = lines[-1].line


def _push(heap: list[tuple[int, int, int, int, StoredLog, Iterator[StoredLog]]], lines: Iterator[StoredLog]) -> None:
    line = next(lines, None)
    if line is not None:
        heapq.heappush(heap, (line.at_us, line.seq, line.attempt, line.line, line, lines))


def _as_text(line: StoredLog) -> str:
    place = f" [{line.task_id}]" if line.task_id else ""
    return f"{iso(line.at_us)} {line.level:<5}{place} {line.message}\n"
