"""How task runs, durations, sizes and log lines are written for people."""

from datetime import UTC, datetime
from typing import Any

from celeriac.cli.ports import Document

COLOURS = {
    "SUCCESS": "green",
    "WARNING": "yellow",
    "RUNNING": "cyan",
    "RETRYING": "yellow",
    "PAUSED": "magenta",
    "KILLING": "red",
    "FAILED": "red",
    "KILLED": "red",
    "CANCELLED": "red",
    "LOST": "red",
}
MARKS = {"SUCCESS": "✓", "WARNING": "!", "FAILED": "✗", "KILLED": "✗", "CANCELLED": "✗", "SKIPPED": "-"}
LEVEL_COLOURS = {"TRACE": "dim", "DEBUG": "dim", "INFO": "", "WARN": "yellow", "ERROR": "red"}
QUIET_LEVELS = frozenset({"TRACE", "DEBUG"})
ENDED = frozenset({"SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "SKIPPED", "RETRIED"})


def run_name(run: Document) -> str:
    """`task`, or `task [value]` inside a loop."""
    value = run.get("value")
    return str(run["taskId"]) if value is None else f"{run['taskId']} [{shortened(str(value), 40)}]"


def duration_s(state: Document, now: datetime | None = None) -> float | None:
    """Seconds from the first RUNNING (else from the start) to the end, or to `now`; None when it did not start."""
    dates = [item["date"] for item in state.get("histories") or () if item["state"] == "RUNNING"]
    start = _date(dates[0] if dates else state.get("startDate"))
    end = _date(state.get("endDate")) or now
    return max((end - start).total_seconds(), 0.0) if start and end else None


def duration(seconds: float | None) -> str:
    """`0.42s`, `12.3s`, `3m05s`, `2h07m`; empty for None."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.2f}s" if seconds < 10 else f"{seconds:.1f}s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"


def size(count: int) -> str:
    """Bytes with a unit, powers of 1,000."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def shortened(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def clock_time(text: Any) -> str:
    """`14:05:09` of a date as the API writes it, local time."""
    date = _date(text)
    return date.astimezone().strftime("%H:%M:%S") if date else "--:--:--"


def now_utc() -> datetime:
    """The present, for durations of what still runs."""
    return datetime.now(UTC)


def _date(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    head, dot, rest = value.replace("Z", "+00:00").partition(".")
    if dot:
        digits = len(rest) - len(rest.lstrip("0123456789"))
        head = f"{head}.{rest[:digits][:6]:0<6}{rest[digits:]}"
    date = datetime.fromisoformat(head)
    return date if date.tzinfo else date.replace(tzinfo=UTC)
