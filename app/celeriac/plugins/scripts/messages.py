"""What a script says on its two streams: log lines, and the messages `::{…}::` with outputs, metrics and logs."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.dynamic import as_text
from celeriac.core.task_type import TaskContext

_MESSAGE = re.compile(rb"::(\{.*\})::", re.DOTALL)
_LEVELS = {"stdout": "INFO", "stderr": "ERROR"}
_KNOWN_LEVELS = {
    "TRACE": "TRACE",
    "DEBUG": "DEBUG",
    "INFO": "INFO",
    "WARN": "WARN",
    "WARNING": "WARN",
    "ERROR": "ERROR",
}


class ScriptOutput:
    """Takes the lines of a script. `vars` is what it has put out so far, {name: value}."""

    def __init__(self, context: TaskContext) -> None:
        self._context = context
        self.vars: dict[str, Any] = {}

    def __call__(self, stream: str, line: bytes) -> None:
        """One line; what is no valid message is a log line."""
        match = _MESSAGE.fullmatch(line.rstrip()) if line.startswith(b"::{") else None
        if match is None:
            self._context.logger.log(_LEVELS.get(stream, "INFO"), _text(line))
            return
        try:
            self._take(json.loads(match[1], parse_constant=lambda _: None))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            self._context.logger.log("WARN", f"Not understood: {_text(line)}")

    def _take(self, message: Mapping[str, Any]) -> None:
        outputs = dict(message.get("outputs") or {})
        metrics = [self._metric(metric) for metric in message.get("metrics") or ()]
        logs = [(_level(log.get("level")), as_text(log.get("message"))) for log in message.get("logs") or ()]
        self.vars |= outputs
        for record in metrics:
            record()
        for level, text in logs:
            self._context.logger.log(level, text)

    def _metric(self, metric: Mapping[str, Any]) -> Callable[[], None]:
        context = self._context
        kinds = {"counter": context.counter, "timer": context.timer, "gauge": context.gauge}
        record = kinds[str(metric["type"]).lower()]
        name, value = str(metric["name"]), float(metric["value"])
        tags = {str(key): as_text(tag) for key, tag in dict(metric.get("tags") or {}).items()}
        return lambda: record(name, value, tags)


def _level(name: Any) -> str:
    return _KNOWN_LEVELS.get(str(name or "").upper(), "INFO")


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").replace("\0", "\ufffd")
