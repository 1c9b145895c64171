"""What executions have measured, and what their tasks have put out."""

from flask import Blueprint, Response

from celeriac.web.api import celeriac
from celeriac.web.json_text import json_answer
from celeriac.web.models.logs import MetricsFound, ReadMetrics
from celeriac.web.models.outputs import OutputPlace, OutputsDocument
from celeriac.web.openapi import operation

blueprint = Blueprint("execution_metrics", __name__)


@blueprint.get("/metrics/<execution_id>")
@operation(MetricsFound, tag="executions")
def metrics(execution_id: str, query: ReadMetrics) -> Response:
    """The metrics of an execution in order of time."""
    found = celeriac().views.metrics(execution_id, query.task_run_id or None, query.task_id or None)
    start = (query.page - 1) * query.size
    return json_answer({"results": found[start : start + query.size], "total": len(found)})


@blueprint.get("/outputs/executions/<execution_id>")
@operation(OutputsDocument, tag="executions")
def outputs(execution_id: str) -> Response:
    """The outputs of an execution."""
    views = celeriac().views
    return json_answer(views.header(views.stored(execution_id))["outputs"] or {})


@blueprint.get("/outputs/tasks/<execution_id>")
@operation(list[OutputPlace], tag="executions")
def task_runs_with_outputs(execution_id: str) -> Response:
    """Which task runs of an execution have outputs."""
    return json_answer(celeriac().views.output_places(execution_id))


@blueprint.get("/outputs/tasks/<execution_id>/<task_run_id>")
@operation(OutputsDocument, tag="executions")
def outputs_of_task_run(execution_id: str, task_run_id: str) -> Response:
    """The outputs of a task run."""
    return json_answer(celeriac().views.task_run(execution_id, task_run_id)["outputs"])
