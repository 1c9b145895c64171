"""Logs of the roles themselves (not of task runs): one line an event, on stderr.

An event is a constant text, what varies stands in fields: `_log.warning("worker lost", extra={"worker": id})`.
The standard library writes them, for structlog costs each process a seventh of a second at its start.
"""

import logging
import sys
from datetime import UTC, datetime

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Logfmt(logging.Formatter):
    """`timestamp=… level=… role=… event="…" field=…`, a traceback on the lines behind."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """One record, of ours or of a library."""
        fields = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "role": self._role,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OWN and name != "data"},
        }
        line = " ".join(f"{name}={_quoted(str(value))}" for name, value in fields.items())
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _quoted(text: str) -> str:
    if text and not any(character in text for character in ' "=\n'):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def configure(role: str) -> None:
    """Own events from INFO, those of the libraries from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Logfmt(role))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("celeriac").setLevel(logging.INFO)
    logging.getLogger("celeriac_workers").setLevel(logging.INFO)
