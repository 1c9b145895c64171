"""Inputs as forms send them: multipart with one part per input, urlencoded, or nothing at all."""

from pathlib import Path

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from celeriac.web.uploads import LARGEST_FIELD, UploadedFile

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_OLD_FILES_PART = "files"
"""Older clients name every file part so; the file's name is then the input's id."""


def sent_inputs() -> tuple[dict[str, str], dict[str, Path]]:
    """({input id: text}, {input id: file on disk, until the end of the request}) of the present request.

    Raises: BadRequest, UnsupportedMediaType, RequestEntityTooLarge, DiskFull.
    """
    if request.mimetype not in FORMS:
        if request.content_length or "Transfer-Encoding" in request.headers:
            raise UnsupportedMediaType("Send inputs as a form: multipart/form-data, one part for each input")
        return {}, {}
    if request.content_length == 0:
        return {}, {}
    if request.mimetype != FORMS[0]:
        request.max_content_length = LARGEST_FIELD
    texts = dict(request.form.items())
    if any("\0" in text for pair in texts.items() for text in pair):
        raise BadRequest("The form holds a NUL character, which no text may have")
    return texts, dict(_files())


def _files() -> "list[tuple[str, Path]]":
    """A part without a file name is what browsers send when no file was chosen."""
    found = []
    for part, file in request.files.items(multi=True):
        if file.filename:
            assert isinstance(file.stream, UploadedFile)
            found.append((file.filename if part == _OLD_FILES_PART else part, file.stream.path))
    return found
