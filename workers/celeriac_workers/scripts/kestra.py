# ruff: noqa: UP006, UP007, UP035, UP045, PTH100, PTH120, PTH123
"""`from kestra import Kestra` in a script: outputs, metrics and logs as lines that the task reads.

A `kestra` package that is installed where the script runs takes the place of this one. Runs on Python 3.6 and later,
knows nothing but the standard library.
"""

import importlib.machinery
import importlib.util
import json
import logging
import os
import sys
import time
from typing import IO, Any, Callable, Dict, Iterator, List, Mapping, Optional, Union

_LEVELS = {"WARNING": "WARN", "CRITICAL": "ERROR", "NOTSET": "INFO"}
_Tags = Optional[Mapping[str, str]]


class Kestra:
    """What a script tells its task run."""

    @staticmethod
    def outputs(values: Mapping[str, Any]) -> None:
        """Adds to `outputs.<task id>.vars`."""
        _send({"outputs": values})

    @staticmethod
    def counter(name: str, value: Union[int, float], tags: _Tags = None) -> None:
        """A number that is summed up."""
        _metric("counter", name, value, tags)

    @staticmethod
    def timer(name: str, duration: Union[int, float, Callable[[], Any]], tags: _Tags = None) -> None:
        """A time in seconds, or a function whose run is timed."""
        if callable(duration):
            start = time.perf_counter()
            duration()
            duration = time.perf_counter() - start
        _metric("timer", name, duration, tags)

    @staticmethod
    def gauge(name: str, value: Union[int, float], tags: _Tags = None) -> None:
        """A number of which the last one counts."""
        _metric("gauge", name, value, tags)

    @staticmethod
    def assets(values: Mapping[str, Any]) -> None:
        """Tells which assets the script reads or writes."""
        _send({"assets": values})

    @staticmethod
    def logger() -> logging.Logger:
        """A logger whose records become logs of the task run with their own level."""
        logger = logging.getLogger("Kestra")
        if not logger.handlers:
            logger.addHandler(_TaskLogHandler())
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
        return logger

    @staticmethod
    def read(path: str) -> List[Dict[str, Any]]:
        """The rows of a stored file with one JSON document a line."""
        with open(path, encoding="utf-8") as lines:
            return list(_rows(lines))


class _TaskLogHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        level = _LEVELS.get(record.levelname, record.levelname)
        stream = sys.stderr if record.levelno >= logging.WARNING else sys.stdout
        _send({"logs": [{"level": level, "message": self.format(record)}]}, stream)


def _rows(lines: IO[str]) -> Iterator[Dict[str, Any]]:
    for line in lines:
        if line.strip():
            yield json.loads(line)


def _metric(kind: str, name: str, value: Union[int, float], tags: _Tags) -> None:
    _send({"metrics": [{"name": name, "type": kind, "value": value, "tags": dict(tags or {})}]})


def _send(message: Mapping[str, Any], stream: Optional[IO[str]] = None) -> None:
    stream = stream or sys.stdout
    stream.write("::" + json.dumps(message, default=_plain) + "::\n")
    stream.flush()


def _plain(value: Any) -> Any:
    for method in ("tolist", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    return list(value) if isinstance(value, (set, frozenset, tuple)) else str(value)


def _give_way() -> None:
    """Puts an installed `kestra` in the place of this module."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [folder for folder in sys.path if os.path.abspath(folder) != here]
    spec = importlib.machinery.PathFinder.find_spec("kestra", path)
    if __name__ == "kestra" and spec is not None and spec.loader is not None and spec.origin is not None:
        sys.modules["kestra"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


_give_way()
