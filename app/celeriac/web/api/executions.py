"""Executions: starting one from a form, looking at it."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import FileStorage

from celeriac.core.errors import Refused
from celeriac.web.api import celeriac

blueprint = Blueprint("executions", __name__)
_OLD_FILES_PART = "files"
"""Older clients name every file part so; the file's name is then the input's id."""


@blueprint.post("/executions/<namespace>/<flow_id>")
def create(namespace: str, flow_id: str) -> Response:
    """Starts a flow. Multipart: one part per input, files as file parts. Query: labels=key:value, revision."""
    with tempfile.TemporaryDirectory(prefix="celeriac-upload-") as folder:
        execution_id = celeriac().executions.start(
            namespace,
            flow_id,
            dict(request.form.items()),
            revision=request.args.get("revision", type=int),
            labels=dict(_label(text) for text in request.args.getlist("labels")),
            file_inputs=_files(Path(folder)),
        )
    return jsonify(celeriac().views.execution(execution_id))


@blueprint.get("/executions/<execution_id>")
def read(execution_id: str) -> Response:
    """The execution with its task runs."""
    document: dict[str, Any] = celeriac().views.execution(execution_id)
    return jsonify(document)


def _label(text: str) -> tuple[str, str]:
    key, separator, value = text.partition(":")
    if not separator or not key or not value:
        raise Refused(f"`labels={text}`: a label is written key:value")
    return key, value


def _files(folder: Path) -> dict[str, Path]:
    """{input id: file on disk}, each in a folder of its own so that it keeps its name."""
    found: dict[str, Path] = {}
    for part, file in request.files.items(multi=True):
        input_id = file.filename or part if part == _OLD_FILES_PART else part
        found[input_id] = _saved(folder / str(len(found)), file, input_id)
    return found


def _saved(folder: Path, file: FileStorage, input_id: str) -> Path:
    folder.mkdir()
    path = folder / (Path(file.filename or input_id).name or "file")
    file.save(path)
    return path
