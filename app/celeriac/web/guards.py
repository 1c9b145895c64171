"""What no request may hold, whatever it asks for: refused before any view, so that no view has to think of it."""

from flask import Flask, request
from werkzeug.exceptions import BadRequest, NotFound

LARGEST_PART = 1024


def register_guards(flask: Flask) -> None:
    """Installs the checks of every request's path and query."""
    flask.before_request(_check)


def _check() -> None:
    """PostgreSQL stores no NUL; no name is longer than a part may be here."""
    if "\0" in request.path or any("\0" in text for pair in request.args.items(multi=True) for text in pair):
        raise BadRequest("The path or the query holds a NUL character (%00), which no name has")
    if any(len(part) > LARGEST_PART for part in request.path.split("/")):
        raise NotFound(f"A part of the path is longer than {LARGEST_PART} characters; no name is")
