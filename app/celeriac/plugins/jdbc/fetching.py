"""`fetchType`: what becomes of the rows of a query."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from celeriac.core.dynamic import Dynamic
from celeriac.core.task_type import TaskFiles, TaskType
from celeriac.plugins.jdbc.json_values import json_line, json_row
from celeriac.plugins.jdbc.working_files import writing

Rows = Iterable[tuple[Any, ...]]


class FetchType(StrEnum):
    """NONE: nothing. FETCH: all rows as output. FETCH_ONE: the first. STORE: a file of JSON lines."""

    NONE = "NONE"
    FETCH = "FETCH"
    FETCH_ONE = "FETCH_ONE"
    STORE = "STORE"


class FetchingTask(TaskType):
    """The properties about rows; the booleans are the old way to say it. fetchSize: rows read at once."""

    fetch_type: Dynamic[FetchType] = FetchType.NONE
    store: Dynamic[bool] = False
    fetch: Dynamic[bool] = False
    fetch_one: Dynamic[bool] = False
    fetch_size: Dynamic[int] = 10_000

    def wanted(self) -> FetchType:
        """The fetch type, whichever way it was given."""
        if self.store:
            return FetchType.STORE
        if self.fetch_one:
            return FetchType.FETCH_ONE
        return FetchType.FETCH if self.fetch else self.fetch_type


def fetched(names: list[str], rows: Rows, wanted: FetchType) -> dict[str, Any]:
    """The outputs of FETCH and FETCH_ONE under Kestra's names, `row` | `rows` and `size`; else none."""
    if wanted is FetchType.FETCH_ONE:
        first = next(iter(rows), None)
        return {"size": 0} if first is None else {"row": json_row(names, first), "size": 1}
    if wanted is FetchType.FETCH:
        found = [json_row(names, row) for row in rows]
        return {"rows": found, "size": len(found)}
    return {}


def stored(names: list[str], rows: Rows, directory: Path, files: TaskFiles) -> dict[str, Any]:
    """The outputs of STORE, `uri` and `size`; the file is made in `directory` first. Raises: StorageFailed."""
    size = 0
    with writing(directory), NamedTemporaryFile(dir=directory, prefix=".rows-", suffix=".jsonl") as file:
        for row in rows:
            file.write(json_line(names, row))
            size += 1
        file.flush()
        return {"uri": files.save(Path(file.name), "rows.jsonl"), "size": size}
