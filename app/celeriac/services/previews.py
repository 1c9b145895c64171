"""The beginning of a file as people can read it: rows of tables, text, or bytes as hexadecimal digits."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from celeriac.core.errors import CeleriacError, Refused
from celeriac.core.expression.ion import read_ion
from celeriac.services.downloads import Download

MOST_BYTES = 1_000_000
"""Of a file that a preview reads."""
MOST_ROWS = 1000
_HEX_BYTES = 512
_MOST_COLUMNS = 200
_OF_NAMES = ("idna", "punycode")
"""Encodings of host names; a megabyte of it would take minutes."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")


@dataclass(frozen=True, slots=True)
class Preview:
    """kind: LIST = content is rows; TEXT, MARKDOWN = content is text; BINARY = lines of hexadecimal digits."""

    extension: str
    kind: str
    content: Any
    is_truncated: bool
    size: int


def preview(file: Download, most_rows: int, encoding: str) -> Preview:
    """The first rows or lines of a file. Raises: Refused for an encoding that nobody knows, what opening it raises."""
    decode = _decoder(encoding)
    head = file.head(MOST_BYTES)
    extension = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    is_cut = file.size > MOST_BYTES
    text = decode(head)
    if len(_CONTROL.findall(text[:8192])) * 50 > len(text[:8192]):
        lines = list(_hexadecimal(head[:_HEX_BYTES]))
        return Preview(extension, "BINARY", "\n".join(lines), file.size > _HEX_BYTES, file.size)
    if extension in _TABLES:
        rows = list(_rows(extension, _whole_lines(text) if is_cut else text, most_rows + 1))
        if rows:
            return Preview(extension, "LIST", rows[:most_rows], is_cut or len(rows) > most_rows, file.size)
    lines = text.splitlines()
    kind = "MARKDOWN" if extension in ("md", "markdown") else "TEXT"
    shown = "\n".join(lines[:most_rows])
    return Preview(extension, kind, shown, is_cut or len(lines) > most_rows, file.size)


def _decoder(encoding: str) -> Any:
    try:
        is_known = codecs.lookup(encoding).name not in _OF_NAMES
        b"a".decode(encoding, "replace")
    except (LookupError, UnicodeError, ValueError):
        is_known = False
    if not is_known:
        raise Refused(f"`encoding={encoding}`: there is no such encoding of text")
    return lambda data: data.decode(encoding, "replace")


def _rows(extension: str, text: str, limit: int) -> Iterator[Any]:
    """Ends at the first row that cannot be read."""
    try:
        for number, row in enumerate(_TABLES[extension](text)):
            if number == limit:
                return
            yield row
    except (ValueError, csv.Error, CeleriacError, RecursionError):
        return


def _of_csv(text: str) -> Iterator[dict[str, str]]:
    names: list[str] = []
    for row in csv.reader(io.StringIO(text)):
        if not names:
            names = [name or f"column {number}" for number, name in enumerate(row[:_MOST_COLUMNS], 1)]
        else:
            yield dict(zip(names, row, strict=False))


def _of_json_lines(text: str) -> Iterator[Any]:
    return (orjson.loads(line) for line in text.splitlines() if line.strip())


def _of_ion(text: str) -> Iterator[Any]:
    return (value for line in text.splitlines() if line.strip() for value in read_ion(line))


_TABLES = {"csv": _of_csv, "jsonl": _of_json_lines, "ndjson": _of_json_lines, "ion": _of_ion}


def _whole_lines(text: str) -> str:
    return text.rpartition("\n")[0]


def _hexadecimal(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{at:08x}  {row.hex(' '):<47}  {shown}"
