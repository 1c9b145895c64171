"""Flows: creating, reading, changing, removing and finding them."""

from typing import Any

from flask import Blueprint, Response, request

from celeriac.services.flow_documents import flow_document
from celeriac.services.flow_lists import Match, SourceHit
from celeriac.services.flows import RegisteredFlow
from celeriac.web.api import celeriac
from celeriac.web.flow_queries import asked
from celeriac.web.json_text import json_answer
from celeriac.web.models.flows import (
    FindNamespaces,
    FlowDocument,
    FlowsFound,
    Names,
    ReadFlow,
    SearchFlows,
    SearchSources,
    SourcesFound,
    UpdateFlow,
)
from celeriac.web.openapi import Body, operation
from celeriac.web.params import wrong
from celeriac.web.yaml_text import read_yaml

blueprint = Blueprint("flows", __name__)


@blueprint.post("/flows")
@operation(FlowDocument, body=Body())
def create() -> Response:
    """Stores the YAML of the body as a new flow; 422 when it is invalid or exists already."""
    return _stored(celeriac().flows.create(read_yaml()))


@blueprint.put("/flows/<namespace>/<flow_id>")
@operation(FlowDocument, body=Body())
def update(namespace: str, flow_id: str, query: UpdateFlow) -> Response:
    """Stores a new revision of a flow, unless its text is the same.

    With `If-Match` or `revision` only when that revision is still the newest; else 409 with the newest `revision` and
    `source`.
    """
    expected = _if_match() or query.revision
    return _stored(celeriac().flows.update(namespace, flow_id, read_yaml(), expected=expected))


@blueprint.delete("/flows/<namespace>/<flow_id>")
@operation(status=204)
def delete(namespace: str, flow_id: str) -> Response:
    """Removes a flow; its revisions and executions stay."""
    celeriac().flows.delete(namespace, flow_id)
    return Response(status=204)


@blueprint.get("/flows/<namespace>/<flow_id>")
@operation(FlowDocument)
def read(namespace: str, flow_id: str, query: ReadFlow) -> Response:
    """A flow; its `ETag` is its revision."""
    stored = celeriac().flows.stored(namespace, flow_id, query.revision, allows_deleted=query.allow_deleted)
    response = json_answer(flow_document(stored, with_source=query.source))
    response.set_etag(str(stored.revision))
    return response.make_conditional(request)  # type: ignore[return-value] # the same response


@blueprint.get("/flows/<namespace>/<flow_id>/revisions")
@operation(list[FlowDocument])
def revisions(namespace: str, flow_id: str) -> Response:
    """The revisions of a flow with their sources, oldest first; the newest 1,000."""
    found = celeriac().flow_lists.revisions(namespace, flow_id)
    return json_answer([flow_document(one, with_source=True) for one in found])


@blueprint.get("/flows/search")
@operation(FlowsFound)
def search(query: SearchFlows) -> Response:
    """Finds flows by their head."""
    lists = celeriac().flow_lists
    found = lists.sources(lists.find(asked(query)))
    return json_answer({"results": [flow_document(one) for one in found.results], "total": found.total})


@blueprint.get("/flows/source")
@operation(SourcesFound)
def search_sources(query: SearchSources) -> Response:
    """Finds flows by their text."""
    found = celeriac().flow_lists.source_search(query.q, query.namespace, query.page, query.size)
    results = [_hit(one) for one in found.results]
    return json_answer({"results": results, "total": found.total, "totalCapped": found.total_capped})


@blueprint.get("/flows/distinct-namespaces")
@operation(Names)
def namespaces(query: FindNamespaces) -> Response:
    """The namespaces that have flows."""
    return json_answer(celeriac().flow_lists.namespaces(query.q))


@blueprint.get("/flows/<namespace>")
@operation(list[FlowDocument])
def of_namespace(namespace: str) -> Response:
    """The flows of exactly this namespace, 1,000 at most."""
    lists = celeriac().flow_lists
    found = lists.sources(lists.search(namespace=namespace, is_exact=True, size=1000))
    return json_answer([flow_document(one) for one in found.results])


def _stored(flow: RegisteredFlow) -> Response:
    warnings = [str(one) for one in (*flow.parsed.warnings, *flow.parsed.unsupported)]
    response = json_answer(flow_document(flow, with_source=True) | {"warnings": warnings})
    response.set_etag(str(flow.revision))
    return response


def _if_match() -> int | None:
    """The revision of the header `If-Match`; None without one. Raises: RequestInvalid."""
    text = request.headers.get("If-Match", "").strip()
    if text in ("", "*"):
        return None
    revision = text.removeprefix("W/").strip('"')
    if not (revision.isascii() and revision.isdecimal()) or int(revision) == 0:
        raise wrong("If-Match", f"`{text[:80]}` is no revision; the ETag of a flow is")
    return int(revision)


def _hit(hit: SourceHit) -> dict[str, Any]:
    return {
        "namespace": hit.stored.namespace,
        "id": hit.stored.id,
        "matches": [{"line": one.line, "text": one.text, "start": one.start, "end": one.end} for one in hit.matches],
        "fragments": [_marked(one) for one in hit.matches],
        "model": flow_document(hit.stored),
    }


def _marked(match: Match) -> str:
    text, start, end = match.text, match.start, match.end
    return f"{text[:start]}[mark]{text[start:end]}[/mark]{text[end:]}"
