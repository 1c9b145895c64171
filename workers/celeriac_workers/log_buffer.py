"""Log lines on their way to the database: stored in batches while the attempt runs, capped per task run."""

import threading
import time
from collections.abc import Callable

from celeriac.core.execution import Execution, LogLine
from celeriac.core.frames import TaskRun
from celeriac.store.claim_store import ClaimStore

BATCH_LINES = 500
BATCH_S = 0.5
BATCH_BYTES = 1_000_000


class LogBuffer:
    """The lines of one attempt. After `cap_bytes` they are only counted, and one WARN says how many were dropped.

    stored: number of the last line that an earlier worker has stored of the attempt; none up to it is stored again.
    """

    def __init__(
        self, claims: ClaimStore, execution: Execution, run: TaskRun, cap_bytes: int, stored: int = -1
    ) -> None:
        self._claims = claims
        self._execution_id = execution.id
        self._run = run
        self._left_bytes = cap_bytes
        self.is_full = False
        self._cap_bytes = cap_bytes
        self._stored = stored
        self._lines: list[LogLine] = []
        self._bytes = 0
        self._dropped = 0
        self._flushed_at = time.monotonic()
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def add(self, line: LogLine) -> None:
        """Keeps a line; writes when a batch is full."""
        size = len(line.message.encode(errors="replace")) + 1
        with self._lock:
            if size > self._left_bytes and not self.is_full:
                self.is_full = True
                self._dropped += 1
                return
            self._left_bytes -= size
            if line.line <= self._stored:
                return
            self._lines.append(line)
            self._bytes += size
            full = len(self._lines) >= BATCH_LINES or self._bytes > BATCH_BYTES
        if full:
            self.flush()

    def drop(self) -> None:
        """One more line that is only counted."""
        self._dropped += 1

    def flush(self, older_than_s: float = 0.0) -> None:
        """Writes what waits. A database that is away: the lines stay, more of them block their task."""
        while self._lines and time.monotonic() - self._flushed_at >= older_than_s:
            try:
                self._write()
                return
            except self._claims.Unavailable:
                if older_than_s:
                    return
                time.sleep(1)

    def take(self) -> list[LogLine]:
        """The lines that are not stored, for the transaction that closes the attempt."""
        with self._writing, self._lock:
            lines, self._lines, self._bytes = self._lines, [], 0
            if self._dropped:
                lines.append(self._notice(lines))
                self._dropped = 0
        return lines

    def _write(self) -> None:
        """One batch after the other: who follows by line numbers must not see a later one first."""
        with self._writing:
            with self._lock:
                lines, self._lines, self._bytes = self._lines, [], 0
                self._flushed_at = time.monotonic()
            try:
                self._claims.add_logs((self._execution_id, line) for line in lines)
            except self._claims.Unavailable:
                with self._lock:
                    self._lines = lines + self._lines
                raise

    def _notice(self, lines: list[LogLine]) -> LogLine:
        at_us = lines[-1].at_us if lines else time.time_ns() // 1000
        text = (
            f"{self._dropped:,} more log lines were dropped: a task run keeps {self._cap_bytes / 1_000_000:g} MB "
            "of logs. Write large output to a file and name it in outputFiles."
        )
        return LogLine(self._run.seq, self._run.attempt, 1 << 40, "WARN", text, at_us)


class Flusher(threading.Thread):
    """Writes the lines of quiet attempts twice a second."""

    def __init__(self, buffers: Callable[[], list[LogBuffer]]) -> None:
        super().__init__(name="log-flusher", daemon=True)
        self._buffers = buffers
        self._stop_wanted = threading.Event()

    def stop(self) -> None:
        """Ends the thread."""
        self._stop_wanted.set()

    def run(self) -> None:
        """Until it is stopped; a daemon thread."""
        while not self._stop_wanted.wait(BATCH_S):
            for buffer in self._buffers():
                buffer.flush(BATCH_S)
