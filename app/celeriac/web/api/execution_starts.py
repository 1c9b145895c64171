"""Starting executions, and trying what a start would take."""

import time
from contextlib import nullcontext

from flask import Blueprint, Response, request
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from celeriac.core.execution import Once
from celeriac.core.inputs import MASK, Input, ResolvedInput
from celeriac.core.labels import parse_labels
from celeriac.web.aliases import alias
from celeriac.web.api import celeriac
from celeriac.web.execution_answers import Document, read_whole, with_url
from celeriac.web.forms import FORMS, sent_inputs
from celeriac.web.json_text import json_answer
from celeriac.web.models.executions import CheckedInputs, ExecutionDocument, StartExecution, TryInputs
from celeriac.web.openapi import Body, operation
from celeriac.web.params import labels, wrong
from celeriac.web.streams import LONGEST_S, streams

blueprint = Blueprint("execution_starts", __name__)
INPUTS = Body(FORMS, {"type": "object", "additionalProperties": True}, is_required=False)
_LONGEST_KEY = 256
_FIRST_LOOK_S, _LAST_LOOK_S = 0.02, 1.0


@blueprint.post("/executions/<namespace>/<flow_id>")
@operation(ExecutionDocument, body=INPUTS, tag="executions")
def create(namespace: str, flow_id: str, query: StartExecution) -> Response:
    """Starts a flow. The body is a form with one part for each input, files as file parts, or empty.

    With a header `Idempotency-Key` the same key starts one execution only, and answers with that one ever after
    (header `Idempotent-Replayed: true`).
    """
    with streams().one() if query.wait else nullcontext():
        texts, files = sent_inputs()
        started = celeriac().executions.start(
            namespace,
            flow_id,
            texts,
            revision=query.revision,
            labels=sent_labels(query.labels),
            file_inputs=files,
            once=_once(namespace, flow_id),
            scheduled_at=query.schedule_date,
        )
        if query.wait:
            return json_answer(with_url(ended(started)))
        if started.execution is None:
            return json_answer(with_url(read_whole(started)), headers={"Idempotent-Replayed": "true"})
        return json_answer(with_url(celeriac().views.created(started.execution)))


alias(blueprint, "POST", "/executions/trigger/<namespace>/<flow_id>", create)


@blueprint.post("/executions/<namespace>/<flow_id>/validate")
@operation(CheckedInputs, body=INPUTS, tag="executions")
def validate(namespace: str, flow_id: str, query: TryInputs) -> Response:
    """What a start with these inputs would take and refuse; nothing is started or stored."""
    texts, files = sent_inputs()
    sent_labels(query.labels)
    found = celeriac().input_preview.resolve(namespace, flow_id, {**texts, **files}, revision=query.revision)
    flow = celeriac().flows.index(namespace, flow_id, query.revision).flow
    declared = {one.id: one for one in flow.inputs}
    checked = [_checked(declared[one.id], one, is_given=one.id in texts or one.id in files) for one in found.inputs]
    return json_answer({"id": flow_id, "namespace": namespace, "inputs": checked, "checks": []})


def _checked(declared: Input, found: ResolvedInput, *, is_given: bool) -> Document:
    written = declared.model_dump(mode="json", by_alias=True, exclude_none=True)
    value, error = found.value, found.error
    if declared.secret:
        written |= {name: MASK for name in ("defaults", "prefill") if name in written}
        value = None if value is None else MASK
        error = f"Invalid value for input `{declared.id}`" if error and is_given else error
    return {
        "input": written,
        "value": value,
        "enabled": found.enabled,
        "isDefault": not is_given and value is not None,
        "errors": [{"message": error}] if error else [],
    }


def sent_labels(texts: list[str]) -> dict[str, str]:
    """{key: value} of the query. Raises: RequestInvalid."""
    found = labels(texts)
    try:
        parsed: dict[str, str] = parse_labels(found)
    except (PydanticCustomError, ValidationError) as error:
        raise wrong("labels", str(error)) from error
    return parsed


def _once(namespace: str, flow_id: str) -> Once | None:
    key = request.headers.get("Idempotency-Key")
    if not key:
        return None
    if len(key) > _LONGEST_KEY:
        raise wrong("Idempotency-Key", f"a key has at most {_LONGEST_KEY} characters")
    return Once(f"submit:{namespace}/{flow_id}", key)


def ended(execution_id: str) -> Document:
    """The execution when it has ended, or after ten minutes as it is then."""
    views, ends_at, pause_s = celeriac().views, time.monotonic() + LONGEST_S, _FIRST_LOOK_S
    while views.stored(execution_id).ended_us is None and time.monotonic() < ends_at:
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.3, _LAST_LOOK_S)
    return read_whole(execution_id)
