"""Executions: finding and reading them."""

from typing import Any

from flask import Blueprint, Response

from celeriac.core.errors import FlowNotFound
from celeriac.core.execution_filter import ExecutionFilter
from celeriac.services.flow_documents import flow_document
from celeriac.services.flow_graph import flow_graph
from celeriac.services.listing import RunSummary
from celeriac.services.variables import iso
from celeriac.web.api import celeriac
from celeriac.web.execution_answers import Document, read_whole, with_url
from celeriac.web.execution_queries import asked
from celeriac.web.json_text import json_answer
from celeriac.web.models.executions import (
    ExecutionDocument,
    ExecutionsFound,
    FlowNames,
    FlowRevision,
    GraphDocument,
    LastExecution,
    OfFlow,
    ReadTaskRuns,
    SearchExecutions,
    TaskRunsFound,
)
from celeriac.web.models.flows import FlowDocument
from celeriac.web.openapi import operation

blueprint = Blueprint("executions", __name__)
_MOST_DRAWN = 1000


@blueprint.get("/executions/search")
@operation(ExecutionsFound)
def search(query: SearchExecutions) -> Response:
    """Executions without their task runs, the newest first."""
    return _page(asked(query))


@blueprint.get("/executions")
@operation(ExecutionsFound)
def of_flow(query: OfFlow) -> Response:
    """The executions of one flow, the newest first."""
    return _page(
        ExecutionFilter(
            namespace=query.namespace, flow_id=query.flow_id, is_exact=True, page=query.page, size=query.size
        )
    )


@blueprint.post("/executions/latest")
@operation(list[LastExecution])
def latest(json: FlowNames) -> Response:
    """The newest execution of each of some flows."""
    keys = [(one.namespace, one.flow_id or one.id) for one in json.root]
    found = celeriac().listing.last_runs(list(dict.fromkeys(keys)), 1)
    return json_answer([_last(*key, one) for key, runs in found.items() for one in runs])


@blueprint.get("/executions/<execution_id>")
@operation(ExecutionDocument)
def read(execution_id: str) -> Response:
    """The execution with its task runs."""
    return json_answer(with_url(read_whole(execution_id)))


@blueprint.get("/executions/<execution_id>/flow")
@operation(FlowDocument)
def flow(execution_id: str) -> Response:
    """The flow in the revision that the execution runs."""
    one = celeriac().views.stored(execution_id)
    return _flow(one.namespace, one.flow_id, one.flow_revision)


@blueprint.get("/executions/flows/<namespace>/<flow_id>")
@operation(FlowDocument)
def startable_flow(namespace: str, flow_id: str, query: FlowRevision) -> Response:
    """A flow, for those who want to start it."""
    return _flow(namespace, flow_id, query.revision)


@blueprint.get("/executions/<execution_id>/graph")
@operation(GraphDocument)
def graph(execution_id: str) -> Response:
    """The execution's flow as nodes and edges, with the first thousand task runs by task."""
    one = celeriac().views.stored(execution_id)
    drawn = flow_graph(celeriac().flows.index(one.namespace, one.flow_id, one.flow_revision).flow)
    runs: dict[str, list[Any]] = {}
    for run in celeriac().views.first_task_runs(one, _MOST_DRAWN):
        runs.setdefault(run["taskId"], []).append(run)
    return json_answer(drawn | {"taskRuns": runs})


@blueprint.get("/executions/<execution_id>/taskruns")
@operation(TaskRunsFound)
def task_runs(execution_id: str, query: ReadTaskRuns) -> Response:
    """Task runs level by level, a page at a time."""
    page = celeriac().views.task_runs(execution_id, query.parent or None, query.state, query.cursor, query.size)
    return json_answer({"results": page.results, "total": page.total, "cursor": page.cursor})


def _last(namespace: str, flow_id: str, run: RunSummary) -> Document:
    names = {"id": run.id, "namespace": namespace, "flowId": flow_id}
    return names | {"startDate": iso(run.created_us), "status": run.state}


def _flow(namespace: str, flow_id: str, revision: int | None) -> Response:
    stored = celeriac().flow_store.get(namespace, flow_id, revision)
    if stored is None:
        raise FlowNotFound(f"Unable to find flow '{namespace}'.'{flow_id}'")
    return json_answer(flow_document(stored))


def _page(found: ExecutionFilter) -> Response:
    page = celeriac().listing.search(found)
    answer: dict[str, Any] = {"results": [with_url(one) for one in page.results], "total": page.total}
    if page.total_capped:
        answer["totalCapped"] = True
    return json_answer(answer | {"cursor": page.cursor})
