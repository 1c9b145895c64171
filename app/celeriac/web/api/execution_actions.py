"""What can be done with executions: one by its id, many by their ids or by the filter of lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from celeriac.web.aliases import alias
from celeriac.web.api import celeriac
from celeriac.web.execution_answers import with_url
from celeriac.web.execution_batches import each
from celeriac.web.execution_queries import asked
from celeriac.web.forms import FORMS, sent_inputs
from celeriac.web.json_text import json_answer
from celeriac.web.models.execution_actions import (
    ChangeStatus,
    ChangeStatusOfMany,
    Delete,
    DeleteMany,
    Done,
    ExecutionIds,
    Kill,
    KillMany,
    LabelMany,
    NewLabels,
    Nothing,
    Replay,
    ReplayMany,
    Restart,
    TaskRunState,
)
from celeriac.web.models.executions import ExecutionDocument, FilterExecutions
from celeriac.web.openapi import Body, operation
from celeriac.web.params import wrong

blueprint = Blueprint("execution_actions", __name__)
_INPUTS = Body(FORMS, {"type": "object", "additionalProperties": True}, is_required=False)
_TAG = "executions"


@dataclass(frozen=True, slots=True)
class _Action:
    """An operation. do: (execution id, query) → the id of the execution to show, None = the same.

    body: what it takes beside the query when it is done to one; `do` reads it.
    """

    name: str
    method: str
    do: Callable[[str, Any], str | None]
    what: str
    query: type = Nothing
    many: type = FilterExecutions
    body: Body | None = None


def _kill(execution_id: str, query: Kill) -> None:
    celeriac().executions.kill(execution_id, cascade=query.is_on_kill_cascade)


def _restart(execution_id: str, query: Any) -> str:
    return celeriac().executions.restart(execution_id, getattr(query, "revision", None))


def _replay(execution_id: str, query: Any) -> str:
    task_run_id = getattr(query, "task_run_id", "") or None
    return celeriac().executions.replay(execution_id, task_run_id, _revision(execution_id, query))


def _resume(execution_id: str, query: Any) -> None:
    """One may be given inputs; of many, what was sent are ids."""
    texts, files = sent_inputs() if "execution_id" in (request.view_args or {}) else ({}, {})
    celeriac().executions.resume(execution_id, texts, file_inputs=files)


def _change_status(execution_id: str, query: Any) -> None:
    state = query.new_status or getattr(query, "status", None)
    if state is None:
        raise wrong("status", "name the state in which the execution has ended")
    celeriac().executions.change_state(execution_id, state)


_ACTIONS = (
    _Action("kill", "DELETE", _kill, "Kills", Kill, KillMany),
    _Action("restart", "POST", _restart, "Begins anew at what failed in", Restart),
    _Action("replay", "POST", _replay, "Runs once more, as a new execution,", Replay, ReplayMany),
    _Action("pause", "POST", lambda one, query: celeriac().executions.pause(one), "Starts no further task run in"),
    _Action("resume", "POST", _resume, "Lets go on, with the inputs that its pause asks for,", body=_INPUTS),
    _Action("force-run", "POST", lambda one, query: celeriac().executions.force_run(one), "Starts at once"),
    _Action("change-status", "POST", _change_status, "Says how it ended, of", ChangeStatus, ChangeStatusOfMany),
)


def _register(action: _Action) -> None:
    """`…/{id}/ACTION`, `…/{id}/actions/ACTION`, `…/ACTION/by-ids`, `…/ACTION/by-query`."""

    def one(execution_id: str, query: Any) -> Response:
        return _shown(action.do(execution_id, query) or execution_id)

    def by_ids(json: ExecutionIds, query: Any) -> Response:
        return each(json.root, lambda execution_id: action.do(execution_id, query))

    def by_query(query: Any) -> Response:
        return each(celeriac().listing.ids(asked(query)), lambda execution_id: action.do(execution_id, query))

    name, what = action.name.replace("-", "_"), action.what
    for view, path, model, query, answer, whom in (
        (one, f"<execution_id>/{action.name}", ExecutionDocument, action.query, "", "an execution"),
        (by_ids, f"{action.name}/by-ids", Done, action.query, "_by_ids", "executions by their ids"),
        (by_query, f"{action.name}/by-query", Done, action.many, "_by_query", "the executions of a filter"),
    ):
        view.__name__, view.__doc__ = f"{name}{answer}", f"{what} {whom}."
        view.__annotations__["query"] = query
        checked = operation(model, tag=_TAG, body=action.body if view is one else None)(view)
        blueprint.add_url_rule(f"/executions/{path}", view_func=checked, methods=[action.method])
        if view is one:
            alias(blueprint, action.method, f"/executions/<execution_id>/actions/{action.name}", checked)


for _one in _ACTIONS:
    _register(_one)


@blueprint.post("/executions/<execution_id>/replay-with-inputs")
@operation(ExecutionDocument, body=_INPUTS, tag=_TAG)
def replay_with_inputs(execution_id: str, query: Replay) -> Response:
    """Runs an execution once more with other inputs; those that are not sent stay."""
    texts, files = sent_inputs()
    new = celeriac().executions.replay(
        execution_id, query.task_run_id or None, _revision(execution_id, query), texts, file_inputs=files
    )
    return _shown(new)


@blueprint.post("/executions/<execution_id>/state")
@operation(ExecutionDocument, tag=_TAG)
def state(execution_id: str, json: TaskRunState) -> Response:
    """Says how a task run ended; the execution goes on from there."""
    celeriac().executions.change_task_run_state(execution_id, json.task_run_id, json.state)
    return _shown(execution_id)


@blueprint.post("/executions/<execution_id>/labels")
@operation(ExecutionDocument, tag=_TAG)
def labels(execution_id: str, json: NewLabels) -> Response:
    """Replaces the labels of an execution that has ended."""
    celeriac().executions.set_labels(execution_id, json.mapping())
    return _shown(execution_id)


@blueprint.post("/executions/labels/by-ids")
@operation(Done, tag=_TAG)
def labels_by_ids(json: LabelMany) -> Response:
    """Replaces the labels of executions by their ids."""
    given = json.execution_labels.mapping()
    return each(json.executions_id, lambda one: celeriac().executions.set_labels(one, given))


@blueprint.post("/executions/labels/by-query")
@operation(Done, tag=_TAG)
def labels_by_query(json: NewLabels, query: FilterExecutions) -> Response:
    """Replaces the labels of the executions of a filter."""
    given = json.mapping()
    return each(celeriac().listing.ids(asked(query)), lambda one: celeriac().executions.set_labels(one, given))


@blueprint.delete("/executions/<execution_id>")
@operation(status=204, tag=_TAG)
def delete(execution_id: str, query: Delete) -> Response:
    """Removes an execution that has ended."""
    _delete(execution_id, query)
    return Response(status=204)


@blueprint.delete("/executions/by-ids")
@operation(Done, tag=_TAG)
def delete_by_ids(json: ExecutionIds, query: Delete) -> Response:
    """Removes executions by their ids."""
    return each(json.root, lambda one: _delete(one, query))


@blueprint.delete("/executions/by-query")
@operation(Done, tag=_TAG)
def delete_by_query(query: DeleteMany) -> Response:
    """Removes the executions of a filter."""
    return each(celeriac().listing.ids(asked(query)), lambda one: _delete(one, query))


def _delete(execution_id: str, query: Delete) -> None:
    celeriac().executions.delete(
        execution_id, logs=query.delete_logs, metrics=query.delete_metrics, storage=query.delete_storage
    )


def _revision(execution_id: str, query: Any) -> int | None:
    if not query.latest_revision:
        return getattr(query, "revision", None)
    one = celeriac().views.stored(execution_id)
    return celeriac().flows.index(one.namespace, one.flow_id).revision


def _shown(execution_id: str) -> Response:
    views = celeriac().views
    return json_answer(with_url(views.header(views.stored(execution_id))))


for _path, _view in (("labels", labels), ("state", state), ("replay-with-inputs", replay_with_inputs)):
    alias(blueprint, "POST", f"/executions/<execution_id>/actions/{_path}", _view)
