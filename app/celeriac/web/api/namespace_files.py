"""The files of a namespace."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import BadRequest

from celeriac.core.errors import StoredFileNotFound
from celeriac.storage.namespace_tree import Entry
from celeriac.web.api import celeriac
from celeriac.web.attachments import attach
from celeriac.web.json_text import json_answer
from celeriac.web.models.flows import Names
from celeriac.web.models.namespaces import FileDocument, FindFiles, MoveFile, OneFile, OnePlace
from celeriac.web.namespace_names import checked
from celeriac.web.openapi import Body, operation

blueprint = Blueprint("namespace_files", __name__)
BYTES_TYPE = "application/octet-stream"
ZIP_TYPE = "application/zip"
MOST_FOUND = 1000
CHUNK_BYTES = 256 * 1024
_UPLOAD = Body(
    ("multipart/form-data",),
    {"type": "object", "properties": {"fileContent": {"type": "string", "format": "binary"}}},
)


@blueprint.get("/namespaces/<namespace>/files")
@operation(content_type=BYTES_TYPE)
def read(namespace: str, query: OneFile) -> Response:
    """The bytes of a file."""
    tree, namespace = celeriac().namespace_tree, checked(namespace)
    size = tree.files.size(namespace, query.path)
    stream = tree.files.open(namespace, query.path)
    response = Response(_chunks(stream), mimetype=BYTES_TYPE)
    response.headers["Content-Length"] = str(size)
    attach(response, query.path.rpartition("/")[2])
    return response


@blueprint.post("/namespaces/<namespace>/files")
@operation(status=204, body=_UPLOAD)
def write(namespace: str, query: OneFile) -> Response:
    """Stores the part `fileContent` of a multipart form as a file, replacing an older one."""
    file = request.files.get("fileContent")
    if file is None:
        raise BadRequest("Send the file as the part `fileContent` of a multipart form")
    celeriac().namespace_tree.put(checked(namespace), query.path, cast(BinaryIO, file.stream))
    return Response(status=204)


@blueprint.put("/namespaces/<namespace>/files")
@operation(status=204)
def move(namespace: str, query: MoveFile) -> Response:
    """Moves a file, or a folder with all that is in it."""
    celeriac().namespace_tree.move(checked(namespace), query.from_, query.to)
    return Response(status=204)


@blueprint.delete("/namespaces/<namespace>/files")
@operation(status=204)
def delete(namespace: str, query: OneFile) -> Response:
    """Removes a file, or a folder with all that is in it."""
    if not celeriac().namespace_tree.delete(checked(namespace), query.path):
        raise StoredFileNotFound(f"Namespace `{namespace}` has no file or folder `{query.path}`")
    return Response(status=204)


@blueprint.get("/namespaces/<namespace>/files/search")
@operation(Names)
def search(namespace: str, query: FindFiles) -> Response:
    """Paths of files, a slash in front; 1,000 at most."""
    wanted = query.q.lower().removeprefix("/")
    paths = (path for path in celeriac().namespace_tree.files.list(checked(namespace)) if wanted in path.lower())
    return json_answer([f"/{path}" for path, _ in zip(paths, range(MOST_FOUND), strict=False)])


@blueprint.get("/namespaces/<namespace>/files/directory")
@operation(list[FileDocument])
def entries(namespace: str, query: OnePlace) -> Response:
    """What is right in a folder, folders first."""
    return json_answer([_document(one) for one in celeriac().namespace_tree.entries(checked(namespace), query.path)])


@blueprint.post("/namespaces/<namespace>/files/directory")
@operation(status=204)
def make_folder(namespace: str, query: OneFile) -> Response:
    """Nothing: a folder is there as soon as a file is in it."""
    checked(namespace)
    return Response(status=204)


@blueprint.get("/namespaces/<namespace>/files/stats")
@operation(FileDocument)
def stat(namespace: str, query: OnePlace) -> Response:
    """What is known of a file or a folder."""
    return json_answer(_document(celeriac().namespace_tree.stat(checked(namespace), query.path)))


@blueprint.get("/namespaces/<namespace>/files/export")
@operation(content_type=ZIP_TYPE)
def export(namespace: str) -> Response:
    """All files as a ZIP."""
    files = celeriac().namespace_tree.files
    packed = tempfile.TemporaryFile()  # noqa: SIM115 # send_file closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files.list(checked(namespace)):
            with files.open(namespace, path) as source, archive.open(path, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, CHUNK_BYTES)
    packed.seek(0)
    return send_file(packed, mimetype=ZIP_TYPE, download_name=f"{namespace}.zip", as_attachment=True)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _document(entry: Entry) -> dict[str, Any]:
    modified_ms = (entry.modified_us or 0) // 1000
    return {
        "fileName": entry.name,
        "type": "Directory" if entry.is_folder else "File",
        "size": entry.bytes,
        "lastModifiedTime": modified_ms,
        "creationTime": modified_ms,
    }
