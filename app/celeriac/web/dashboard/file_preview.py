"""The beginning of a file of an execution, as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from celeriac.core.errors import CeleriacError
from celeriac.services.previews import preview
from celeriac.web.api import celeriac

ROWS = 200


@dataclass(frozen=True, slots=True)
class ShownFile:
    """columns, rows: of a table, else empty. trouble: why there is nothing to show."""

    text: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    size: int | None = None
    is_truncated: bool = False
    trouble: str = ""


def shown_file(execution_id: str, uri: str) -> ShownFile:
    """The file as a table when it is one, else as text."""
    try:
        found = preview(celeriac().downloads.find(execution_id, uri), ROWS, "utf-8")
    except CeleriacError as error:
        return ShownFile(trouble=str(error))
    if found.kind != "LIST":
        return ShownFile(str(found.content), size=found.size, is_truncated=found.is_truncated)
    columns = _columns(found.content)
    rows = [[row.get(name, "") for name in columns] if isinstance(row, Mapping) else [row] for row in found.content]
    return ShownFile(columns=columns, rows=rows, size=found.size, is_truncated=found.is_truncated)


def _columns(rows: Sequence[Any]) -> list[str]:
    """The names of all rows, in order of their first appearance."""
    names = dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row)
    return list(names) or ["value"]
