"""Many flows at once: stored, removed, switched, carried away. Each request is all or nothing."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Sequence

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from celeriac.core.errors import FlowInvalid
from celeriac.services.flow_batches import Key, Scope
from celeriac.services.flow_documents import flow_document
from celeriac.services.flows import RegisteredFlow
from celeriac.store.flow_store import StoredFlow
from celeriac.web.api import celeriac
from celeriac.web.flow_queries import asked
from celeriac.web.json_text import json_answer
from celeriac.web.models.flows import (
    FlowDocument,
    FlowKeys,
    ImportFlows,
    Names,
    SaveFlows,
    SearchFlows,
    SyncNamespace,
)
from celeriac.web.models.shapes import Count
from celeriac.web.openapi import Body, operation
from celeriac.web.params import wrong
from celeriac.web.yaml_text import decoded, read_yaml

blueprint = Blueprint("flow_batches", __name__)
LARGEST_BYTES = 50_000_000
MOST_FLOWS = 1000
ZIP_TYPE = "application/zip"
_BROKEN = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError),
    *(zlib.error, lzma.LZMAError),
)
"""What `zipfile` raises for an archive that is cut short, locked, or was never one."""


@blueprint.post("/flows/bulk")
@operation(list[FlowDocument], body=Body(), tag="flows")
def save(query: SaveFlows) -> Response:
    """Stores every flow of a YAML text of many documents, or none."""
    if query.delete and not query.namespace:
        raise wrong("delete", "name the `namespace` whose other flows shall be removed")
    scope = Scope(query.namespace, query.allow_namespace_child)
    return _answer(celeriac().flow_batches.save([read_yaml(LARGEST_BYTES)], scope, removes_others=query.delete))


@blueprint.post("/flows/<namespace>")
@operation(list[FlowDocument], body=Body(), tag="flows")
def sync(namespace: str, query: SyncNamespace) -> Response:
    """Stores every flow of a YAML text in this namespace, or none."""
    text = read_yaml(LARGEST_BYTES)
    saved = celeriac().flow_batches.save([text], Scope(namespace), removes_others=query.delete, override=query.override)
    return _answer(saved)


@blueprint.delete("/flows/delete/by-ids")
@operation(Count, tag="flows")
def delete_by_ids(json: FlowKeys) -> Response:
    """Removes flows; unknown ones are passed over."""
    return json_answer({"count": celeriac().flow_batches.delete(_keys(json))})


@blueprint.delete("/flows/delete/by-query")
@operation(Count, tag="flows")
def delete_by_query(query: SearchFlows) -> Response:
    """Removes the flows of a search, 1,000 at most."""
    return json_answer({"count": celeriac().flow_batches.delete(_found(query))})


@blueprint.post("/flows/disable/by-ids")
@operation(Count, tag="flows")
def disable_by_ids(json: FlowKeys) -> Response:
    """Writes `disabled: true` into flows; unknown ones are passed over."""
    return json_answer({"count": celeriac().flow_batches.set_disabled(_keys(json), is_disabled=True)})


@blueprint.post("/flows/enable/by-ids")
@operation(Count, tag="flows")
def enable_by_ids(json: FlowKeys) -> Response:
    """Writes `disabled: false` into flows; unknown ones are passed over."""
    return json_answer({"count": celeriac().flow_batches.set_disabled(_keys(json), is_disabled=False)})


@blueprint.post("/flows/disable/by-query")
@operation(Count, tag="flows")
def disable_by_query(query: SearchFlows) -> Response:
    """Writes `disabled: true` into the flows of a search, 1,000 at most."""
    return json_answer({"count": celeriac().flow_batches.set_disabled(_found(query), is_disabled=True)})


@blueprint.post("/flows/enable/by-query")
@operation(Count, tag="flows")
def enable_by_query(query: SearchFlows) -> Response:
    """Writes `disabled: false` into the flows of a search, 1,000 at most."""
    return json_answer({"count": celeriac().flow_batches.set_disabled(_found(query), is_disabled=False)})


@blueprint.post("/flows/export/by-ids")
@operation(content_type=ZIP_TYPE, tag="flows")
def export_by_ids(json: FlowKeys) -> Response:
    """Flows as a ZIP of YAML files."""
    return _zip(celeriac().flow_batches.sources(_keys(json)))


@blueprint.get("/flows/export/by-query")
@operation(content_type=ZIP_TYPE, tag="flows")
def export_by_query(query: SearchFlows) -> Response:
    """The flows of a search as a ZIP of YAML files, 1,000 at most."""
    return _zip(celeriac().flow_batches.sources(_found(query)))


@blueprint.post("/flows/import")
@operation(
    Names,
    body=Body(
        ("multipart/form-data",),
        {"type": "object", "properties": {"fileUpload": {"type": "string", "format": "binary"}}},
    ),
    tag="flows",
)
def import_(query: ImportFlows) -> Response:
    """Stores the flows of an uploaded YAML file or ZIP of YAML files; answers which files were passed over."""
    request.max_content_length = LARGEST_BYTES
    file = request.files.get("fileUpload")
    if file is None:
        raise BadRequest("Send the file as the part `fileUpload` of a multipart form")
    texts = _texts(file.read(), file.filename or "flows.yaml")
    if query.fail_on_error:
        celeriac().flow_batches.save(list(texts.values()))
        return json_answer([])
    refused = []
    for name, text in texts.items():
        try:
            celeriac().flow_batches.save([text])
        except FlowInvalid as error:
            refused.append(f"{name}: {error.problems[0]}")
    return json_answer(refused)


def _keys(keys: FlowKeys) -> list[Key]:
    return [(one.namespace, one.id) for one in keys.root]


def _found(query: SearchFlows) -> list[Key]:
    """The first 1,000 flows of a search, whatever its page."""
    query = query.model_copy(update={"page": 1, "size": MOST_FLOWS})
    return [(row.namespace, row.id) for row in celeriac().flow_lists.find(asked(query)).results]


def _answer(saved: Sequence[RegisteredFlow]) -> Response:
    return json_answer([flow_document(one, with_source=True) for one in saved])


def _zip(flows: Sequence[StoredFlow]) -> Response:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in flows:
            archive.writestr(f"{one.namespace}.{one.id}.yml", one.source)
    packed.seek(0)
    return send_file(packed, mimetype=ZIP_TYPE, download_name="flows.zip", as_attachment=True)


def _texts(data: bytes, filename: str) -> dict[str, str]:
    """{file name: text}. Raises: BadRequest, RequestEntityTooLarge, FlowInvalid."""
    if not data.startswith(b"PK\x03\x04"):
        return {filename: decoded(data, filename)}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if one.filename.endswith((".yml", ".yaml"))]
            if sum(one.file_size for one in files) > LARGEST_BYTES:
                raise RequestEntityTooLarge(f"The unpacked flows are larger than {LARGEST_BYTES:,} bytes")
            return {one.filename: decoded(archive.read(one), one.filename) for one in files}
    except _BROKEN as error:
        raise BadRequest(f"The ZIP cannot be read: {error}") from error
