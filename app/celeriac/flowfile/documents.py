"""The documents of a file that holds several, and what one says as plain data. Knows nothing of flows."""

import re
from dataclasses import dataclass
from typing import Any

from celeriac.flowfile.reading import read

_MARKER = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
"""At the start of a line nothing else can look like it, not even inside a text."""


@dataclass(frozen=True, slots=True)
class Document:
    """One of the documents of a file. line: of its first line in the file, from 1."""

    text: str
    line: int = 1


def documents(text: str) -> list[Document]:
    """The documents of a file in order, without those that say nothing."""
    found = []
    starts = [0, *(match.start() for match in _MARKER.finditer(text))]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        bare = part[3:].partition("\n") if part.startswith("---") else ("", "", part)
        if not bare[0].strip():
            part, start = bare[2], end - len(bare[2])
        if _says_something(part):
            found.append(Document(part, text.count("\n", 0, start) + 1))
    return found


def plain(text: str) -> Any:
    """The data of the first document; None when it cannot be read."""
    root = read(text).root
    return None if root is None else root.plain()


def place(text: str, key: str) -> tuple[int, int]:
    """(line, column) of a key of the first document's mapping; (1, 1) when it is not there."""
    root = read(text).root
    return (1, 1) if root is None else root.keys.get(key, (1, 1))


def _says_something(part: str) -> bool:
    lines = (line.strip() for line in part.splitlines())
    return any(line and not line.startswith(("#", "%")) and line != "..." for line in lines)
