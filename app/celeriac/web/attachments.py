"""Answers that browsers save as files."""

import re

from flask import Response

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Scripts may name their files with line ends; a header has none."""


def attach(response: Response, name: str) -> None:
    """Tells browsers to save the answer under a name instead of showing it."""
    response.headers.set("Content-Disposition", "attachment", filename=_CONTROLS.sub("_", name) or "file")
