"""The one JSON document that `-o json` prints."""

import json
import math
from collections.abc import Sequence
from typing import Any, BinaryIO

from celeriac.cli.ports import Document, Views


def executions(views: Views, execution_id: str) -> list[Document]:
    """The execution and all executions that it started, directly or through others."""
    return [views.execution(execution_id), *views.children(execution_id)]


def run_document(found: Sequence[Document], logs: Sequence[Document]) -> Document:
    """The first execution, with `logs` of all of them and the others as `subexecutions`."""
    main, *children = ({key: value for key, value in item.items() if key != "done"} for item in found)
    return {**main, "logs": list(logs), "subexecutions": children}


def print_json(document: Any, stream: BinaryIO) -> None:
    """Writes UTF-8 whatever the locale is; NaN and infinities, which JSON has not, as text."""
    text = json.dumps(_finite(document), ensure_ascii=False, indent=2, default=str)
    stream.write(text.encode("utf-8", "replace") + b"\n")
    stream.flush()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
