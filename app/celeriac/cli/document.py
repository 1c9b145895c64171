"""The one JSON document that `-o json` prints."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from celeriac.cli.ports import Document, Views

_NO_LOGS = '\n  "logs": []'
"""The place of the logs in a printed execution: at that depth, and behind a line end, which no text can hold."""


def executions(views: Views, execution_id: str) -> list[Document]:
    """The execution and all executions that it started, directly or through others."""
    return [views.execution(execution_id), *views.children(execution_id)]


def all_logs(views: Views, found: Sequence[Document]) -> Iterator[Document]:
    """The log lines of these executions, read batch by batch."""
    ids = [item["id"] for item in found]
    lines, cursor = views.logs(ids, None)
    while lines:
        yield from lines
        lines, cursor = views.logs(ids, cursor)


def print_run(found: Sequence[Document], logs: Iterable[Document], stream: BinaryIO) -> None:
    """Prints the first execution, with `logs` of all of them, which may be many, and the others as `subexecutions`."""
    main, *children = ({key: value for key, value in item.items() if key != "done"} for item in found)
    before, after = _as_json({**main, "logs": [], "subexecutions": children}).split(_NO_LOGS)
    _write(stream, f"{before}{_NO_LOGS[:-1]}")
    separator = "\n    "
    for line in logs:
        _write(stream, separator + json.dumps(_finite(line), ensure_ascii=False, default=str))
        separator = ",\n    "
    _write(stream, f"\n  ]{after}\n")
    stream.flush()


def print_json(document: Any, stream: BinaryIO) -> None:
    """Writes UTF-8 whatever the locale is; NaN and infinities, which JSON has not, as text."""
    _write(stream, _as_json(document) + "\n")
    stream.flush()


def _as_json(document: Any) -> str:
    return json.dumps(_finite(document), ensure_ascii=False, indent=2, default=str)


def _write(stream: BinaryIO, text: str) -> None:
    stream.write(text.encode("utf-8", "replace"))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
