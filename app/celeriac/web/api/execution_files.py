"""Files of executions: as they are, how large they are, and how they begin."""

from flask import Blueprint, Response

from celeriac.services.previews import preview as preview_of
from celeriac.web.api import celeriac
from celeriac.web.attachments import attach
from celeriac.web.json_text import json_answer
from celeriac.web.models.execution_files import FileAt, FileMetas, FilePreview, PreviewFile
from celeriac.web.openapi import operation

blueprint = Blueprint("execution_files", __name__)
_BYTES = "application/octet-stream"
_TAG = "executions"


@blueprint.get("/executions/<execution_id>/file")
@operation(content_type=_BYTES, tag=_TAG)
def download(execution_id: str, query: FileAt) -> Response:
    """The bytes of a file; secrets that the execution has used are stars in it."""
    file = celeriac().downloads.find(execution_id, query.path)
    response = Response(file.chunks(), mimetype=_BYTES)
    if not file.is_masked:
        response.headers["Content-Length"] = str(file.size)
    attach(response, file.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.get("/executions/<execution_id>/file/metas")
@operation(FileMetas, tag=_TAG)
def metas(execution_id: str, query: FileAt) -> Response:
    """The size of a file."""
    return json_answer({"size": celeriac().downloads.find(execution_id, query.path).size})


@blueprint.get("/executions/<execution_id>/file/preview")
@operation(FilePreview, tag=_TAG)
def preview(execution_id: str, query: PreviewFile) -> Response:
    """The beginning of a file, as rows, text or hexadecimal digits."""
    found = preview_of(celeriac().downloads.find(execution_id, query.path), query.max_rows, query.encoding)
    return json_answer(
        {
            "extension": found.extension,
            "type": found.kind,
            "content": found.content,
            "truncated": found.is_truncated,
            "size": found.size,
        }
    )
