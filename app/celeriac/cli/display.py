"""What is shown while an execution goes on: one interface, and its plain form for files and pipes."""

from typing import Protocol, TextIO

from celeriac.cli.ports import Document
from celeriac.cli.watch import News, Watch
from celeriac.cli.wording import ENDED, QUIET_LEVELS, clock_time, duration, duration_s, run_name


class Display(Protocol):
    """Shows the news of an execution."""

    def show(self, watch: Watch, news: News) -> None: ...
    def notice(self, text: str) -> None:
        """One line of talk."""

    def close(self) -> None:
        """The last state stays visible; nothing is drawn afterwards."""


class PlainDisplay:
    """One line per ended (or newly running) task run and per log line, no colours."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, watch: Watch, news: News) -> None:
        lines = [(str(entry.get("timestamp")), _log_lines(entry, watch)) for entry in news.logs if is_told(entry)]
        for progress, run in news.changed:
            state = run["state"]
            if state["current"] in ENDED or state["current"] in ("RUNNING", "PAUSED", "RETRYING"):
                lines.append((_changed_at(state), _state_line(run, watch.origin(progress.id))))
        for _date, text in sorted(lines, key=lambda line: line[0]):
            self._stream.write(text)
        self._stream.flush()

    def notice(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def close(self) -> None:
        self._stream.flush()


def is_told(entry: Document) -> bool:
    """False for levels that are stored but not shown."""
    return entry.get("level") not in QUIET_LEVELS


def _state_line(run: Document, origin: str) -> str:
    state = run["state"]
    ended = state["current"] in ENDED
    attempts = len(run.get("attempts") or ())
    suffix = f" (attempt {attempts})" if attempts > 1 else ""
    took = f" in {duration(duration_s(state))}" if ended and state["current"] != "SKIPPED" else ""
    return f"{clock_time(_changed_at(state))} {origin}{run_name(run)}: {state['current']}{took}{suffix}\n"


def _log_lines(entry: Document, watch: Watch) -> str:
    name = f"{watch.origin(entry.get('executionId'))}{entry.get('taskId') or 'flow'}"
    head = f"{clock_time(entry.get('timestamp'))} {name}: {entry.get('level', 'INFO')} "
    first, *rest = str(entry.get("message", "")).splitlines() or [""]
    return "".join(f"{line}\n" for line in (head + first, *(f"         {line}" for line in rest)))


def _changed_at(state: Document) -> str:
    histories = state.get("histories") or ()
    return str(histories[-1]["date"]) if histories else str(state.get("startDate") or "")
