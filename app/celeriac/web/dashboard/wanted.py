"""A start as somebody has entered it into a form."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import request

from celeriac.core.errors import Refused
from celeriac.web.dashboard.preferences import zone
from celeriac.web.uploads import UploadedFile


@dataclass(frozen=True, slots=True)
class Wanted:
    """inputs: by id. labels: as written, one `key:value` a line. schedule: as the browser sends a date."""

    inputs: dict[str, Any] = field(default_factory=dict)
    labels: str = ""
    schedule: str = ""
    revision: int | None = None

    @property
    def scheduled_at(self) -> datetime | None:
        """The date not to start before. Raises: Refused when it is none."""
        if not self.schedule:
            return None
        try:
            when = datetime.fromisoformat(self.schedule)
        except ValueError as error:
            raise Refused(f"`{self.schedule}` is no date") from error
        return when if when.tzinfo else when.replace(tzinfo=zone())


def label_pairs(text: str, *, strict: bool = True) -> dict[str, str]:
    """{key: value} out of lines (or parts between commas) `key:value`. Raises: Refused for one that is none."""
    labels: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.replace(",", "\n").splitlines())):
        key, separator, value = line.partition(":")
        if separator and key.strip() and value.strip():
            labels[key.strip()] = value.strip()
        elif strict:
            raise Refused(f"`{line}`: a label is written key:value")
    return labels


def sent_files(prefix: str) -> dict[str, Path]:
    """{input id: file on disk, until the end of the request} of what was chosen."""
    return {
        name.removeprefix(prefix): file.stream.path
        for name, file in request.files.items(multi=True)
        if file.filename and isinstance(file.stream, UploadedFile)
    }
