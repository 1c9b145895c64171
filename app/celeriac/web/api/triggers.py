"""Triggers: finding them, when they fire, switching them on and off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from celeriac.core.dated_trigger import iso_date
from celeriac.core.errors import TriggerNotFound
from celeriac.services.triggers import TriggerView
from celeriac.web.aliases import alias
from celeriac.web.api import celeriac
from celeriac.web.json_text import json_answer
from celeriac.web.models.shapes import Count
from celeriac.web.models.triggers import (
    Dates,
    NextDates,
    PreviewSchedule,
    SearchTriggers,
    SwitchFound,
    SwitchTrigger,
    SwitchTriggers,
    TriggerDocument,
    TriggerNames,
    TriggersFound,
    TriggersOfFlow,
    TriggersQuery,
    UpdateTrigger,
)
from celeriac.web.openapi import operation
from celeriac.web.params import wrong
from celeriac.web.trigger_queries import asked, searched

blueprint = Blueprint("triggers", __name__)
MOST = 10_000


@blueprint.get("/triggers/search")
@operation(TriggersFound)
def search(query: SearchTriggers) -> Response:
    """Triggers of all flows, by namespace, flow and id."""
    found = celeriac().triggers.find(searched(query))
    return json_answer({"results": [_with_parts(one) for one in found.results], "total": found.total})


@blueprint.get("/triggers/<namespace>/<flow_id>")
@operation(TriggersFound)
def of_flow(namespace: str, flow_id: str, query: TriggersOfFlow) -> Response:
    """The triggers of one flow."""
    found = [
        one for one in celeriac().triggers.of_flow(namespace, flow_id) if query.q.lower() in one.trigger_id.lower()
    ]
    first = (query.page - 1) * query.size
    results = [_document(one) for one in found[first : first + query.size]]
    return json_answer({"results": results, "total": len(found)})


@blueprint.get("/triggers/<namespace>/<flow_id>/<trigger_id>")
@operation(TriggerDocument)
def read(namespace: str, flow_id: str, trigger_id: str) -> Response:
    """One trigger."""
    return json_answer(_document(celeriac().triggers.get(namespace, flow_id, trigger_id)))


@blueprint.get("/triggers/<namespace>/<flow_id>/<trigger_id>/next")
@operation(Dates)
def next_dates(namespace: str, flow_id: str, trigger_id: str, query: NextDates) -> Response:
    """When the trigger will fire, conditions counted; nothing for one that has no dates or is disabled."""
    return _dates(celeriac().triggers.next_dates(namespace, flow_id, trigger_id, query.count))


@blueprint.post("/schedules/preview")
@operation(Dates)
def preview(json: PreviewSchedule) -> Response:
    """The dates of a cron expression."""
    return _dates(celeriac().triggers.preview(json.cron, json.timezone, json.from_, json.count))


@blueprint.put("/triggers")
@operation(TriggerDocument)
def update(json: UpdateTrigger) -> Response:
    """Switches a trigger on or off; when on, its next date is counted from now."""
    if json.backfill is not None:
        raise wrong("backfill", "backfills are not built yet")
    key = (json.namespace, json.flow_id, json.trigger_id)
    if json.disabled is None:
        return json_answer(_document(celeriac().triggers.get(*key)))
    return json_answer(_document(celeriac().triggers.set_disabled(*key, is_disabled=json.disabled)))


@blueprint.put("/triggers/set-disabled")
@operation(TriggerDocument)
def set_disabled(json: SwitchTrigger) -> Response:
    """Switches a trigger on or off, as `PUT /triggers` of 1.x does."""
    key = (json.namespace, json.flow_id, json.trigger_id)
    return json_answer(_document(celeriac().triggers.set_disabled(*key, is_disabled=json.disabled)))


@blueprint.post("/triggers/set-disabled/by-triggers")
@operation(Count)
def set_disabled_many(json: SwitchTriggers) -> Response:
    """Switches triggers; unknown ones are passed over."""
    count = 0
    for one in json.triggers:
        try:
            celeriac().triggers.set_disabled(one.namespace, one.flow_id, one.trigger_id, is_disabled=json.disabled)
            count += 1
        except TriggerNotFound:
            continue
    return json_answer({"count": count})


@blueprint.post("/triggers/<namespace>/<flow_id>/<trigger_id>/unlock")
@operation(TriggerDocument)
def unlock(namespace: str, flow_id: str, trigger_id: str) -> Response:
    """Lets a trigger fire although its last execution still runs."""
    return json_answer(_document(celeriac().triggers.unlock(namespace, flow_id, trigger_id)))


alias(blueprint, "POST", "/triggers/<namespace>/<flow_id>/<trigger_id>/restart", unlock)


@blueprint.post("/triggers/unlock/by-triggers")
@operation(Count)
def unlock_many(json: TriggerNames) -> Response:
    """Unlocks triggers; unknown ones are passed over."""
    count = 0
    for one in json.root:
        try:
            celeriac().triggers.unlock(one.namespace, one.flow_id, one.trigger_id)
            count += 1
        except TriggerNotFound:
            continue
    return json_answer({"count": count})


@blueprint.post("/triggers/set-disabled/by-query")
@operation(Count)
def set_disabled_by_query(query: SwitchFound) -> Response:
    """Switches all triggers that a search finds."""
    found = _found(query)
    for one in found:
        celeriac().triggers.set_disabled(one.namespace, one.flow_id, one.trigger_id, is_disabled=query.disabled)
    return json_answer({"count": len(found)})


@blueprint.post("/triggers/unlock/by-query")
@operation(Count)
def unlock_by_query(query: TriggersQuery) -> Response:
    """Unlocks all triggers that a search finds."""
    found = _found(query)
    for one in found:
        celeriac().triggers.unlock(one.namespace, one.flow_id, one.trigger_id)
    return json_answer({"count": len(found)})


def _found(query: TriggersQuery) -> Sequence[TriggerView]:
    page = celeriac().triggers.find(replace(asked(query), size=MOST))
    if page.total > MOST:
        raise wrong("q", f"{page.total:,} triggers are found; at most {MOST:,} can be changed at once")
    return page.results


def _dates(dates: Sequence[datetime]) -> Response:
    return json_answer({"dates": [iso_date(date) for date in dates]})


def _document(view: TriggerView) -> dict[str, Any]:
    """What is known of a trigger, by the names of 1.x and of 2.0."""
    following, last, updated = _date(view.next_at), _date(view.last_at), _date(view.updated_at)
    return {
        "id": view.trigger_id,
        "namespace": view.namespace,
        "flowId": view.flow_id,
        "triggerId": view.trigger_id,
        "type": view.type,
        "flowRevision": view.flow_revision,
        "description": view.description,
        "cron": view.cron,
        "timezone": view.timezone,
        "disabled": view.is_disabled,
        "disabledInFlow": view.is_disabled_in_flow,
        "locked": view.is_locked,
        "date": last,
        "lastTriggeredDate": last,
        "nextExecutionDate": following,
        "nextEvaluationDate": following,
        "executionId": view.execution_id,
        "evaluateRunningDate": None,
        "evaluatedAt": _date(view.evaluated_at),
        "updatedDate": updated,
        "updatedAt": updated,
        "error": view.error,
        "backfill": None,
    }


def _with_parts(view: TriggerView) -> dict[str, Any]:
    """Lists hold each trigger as written beside what is known of it: two names in 1.x, two others in 2.0."""
    document = _document(view)
    written = {name: document[name] for name in ("id", "type", "description", "cron", "timezone") if document[name]}
    written["disabled"] = view.is_disabled_in_flow
    known = {name: value for name, value in document.items() if name not in ("id", "type", "description")}
    return document | {"abstractTrigger": written, "triggerContext": known, "trigger": written, "state": known}


def _date(date: datetime | None) -> str | None:
    return None if date is None else iso_date(date.astimezone(UTC))
