"""Flows looked at: what is wrong with a text, its drawing, its canvases, one of its tasks."""

from typing import Any

from flask import Blueprint, Response

from celeriac.core.errors import FlowInvalid, FlowNotFound
from celeriac.core.flow import Flow
from celeriac.services.flow_documents import flow_document
from celeriac.services.flow_graph import flow_graph
from celeriac.services.flow_validation import Diagnostic, Verdict
from celeriac.web.api import celeriac
from celeriac.web.json_text import json_answer
from celeriac.web.models.flows import CanvasDocument, FlowGraphDocument, OneRevision, TaskDocument, VerdictDocument
from celeriac.web.openapi import Body, operation
from celeriac.web.yaml_text import read_yaml

blueprint = Blueprint("flow_tools", __name__)


@blueprint.post("/flows/validate")
@operation(list[VerdictDocument], body=Body(), tag="flows")
def validate() -> Response:
    """What is to be said about each document of the YAML of the body; nothing is stored."""
    return json_answer([_verdict(one) for one in celeriac().flows.validate(read_yaml())])


@blueprint.get("/flows/<namespace>/<flow_id>/graph")
@operation(FlowGraphDocument, tag="flows")
def graph(namespace: str, flow_id: str, query: OneRevision) -> Response:
    """A flow as nodes and edges."""
    return json_answer(flow_graph(_flow(namespace, flow_id, query)))


@blueprint.post("/flows/graph")
@operation(FlowGraphDocument, body=Body(), tag="flows")
def graph_of_source() -> Response:
    """The flow of the body as nodes and edges; it need not be stored."""
    return json_answer(flow_graph(_parsed()))


@blueprint.get("/flows/<namespace>/<flow_id>/canvas")
@operation(CanvasDocument, tag="flows")
def canvas(namespace: str, flow_id: str, query: OneRevision) -> Response:
    """The Celery canvases that a flow becomes."""
    return json_answer({"lines": celeriac().canvas(_flow(namespace, flow_id, query))})


@blueprint.post("/flows/canvas")
@operation(CanvasDocument, body=Body(), tag="flows")
def canvas_of_source() -> Response:
    """The Celery canvases that the flow of the body would become."""
    return json_answer({"lines": celeriac().canvas(_parsed())})


@blueprint.get("/flows/<namespace>/<flow_id>/tasks/<task_id>")
@operation(TaskDocument, tag="flows")
def task(namespace: str, flow_id: str, task_id: str, query: OneRevision) -> Response:
    """A task of a flow, as its YAML says, wherever it stands in it."""
    stored = celeriac().flows.source(namespace, flow_id, query.revision)
    found = _find_task(flow_document(stored), task_id)
    if found is None:
        raise FlowNotFound(f"The flow {namespace}.{flow_id} has no task `{task_id}`")
    return json_answer(found)


def _flow(namespace: str, flow_id: str, query: OneRevision) -> Flow:
    return celeriac().flows.index(namespace, flow_id, query.revision).flow


def _parsed() -> Flow:
    parsed = celeriac().flows.parse(read_yaml())
    if parsed.flow is None:
        raise FlowInvalid(parsed.problems)
    return parsed.flow


def _find_task(value: Any, task_id: str) -> dict[str, Any] | None:
    """The first mapping with this `id` and a `type` that names a plugin."""
    pending = [value]
    while pending:
        one = pending.pop(0)
        if isinstance(one, dict):
            if one.get("id") == task_id and "." in str(one.get("type", "")):
                return one
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return None


def _verdict(one: Verdict) -> dict[str, Any]:
    return {
        "index": one.index,
        "namespace": one.namespace,
        "flow": one.flow,
        "constraints": "\n".join(one.texts("error")) or None,
        "outdated": one.is_outdated,
        "deprecationPaths": [],
        "warnings": one.texts("warning"),
        "infos": one.texts("info"),
        "diagnostics": [_diagnostic(each) for each in one.diagnostics],
    }


def _diagnostic(one: Diagnostic) -> dict[str, Any]:
    return {
        "line": one.line,
        "column": one.column,
        "endLine": one.end_line,
        "endColumn": one.end_column,
        "severity": one.severity,
        "code": one.code,
        "message": one.message,
        "path": one.path,
        "hint": one.hint or None,
    }
