"""Webhooks: calls from outside that start executions; the key in the path is all that they need."""

from contextlib import suppress
from typing import Any

import orjson
from flask import Blueprint, Response, request

from celeriac.core.state import State
from celeriac.plugins.core.trigger.webhook import Webhook
from celeriac.services.webhooks import Call
from celeriac.web.aliases import alias
from celeriac.web.api import celeriac
from celeriac.web.api.execution_starts import ended
from celeriac.web.bodies import read_body
from celeriac.web.execution_answers import Document, with_url
from celeriac.web.json_text import json_answer
from celeriac.web.models.executions import ExecutionDocument
from celeriac.web.openapi import Body, operation
from celeriac.web.params import wrong
from celeriac.web.streams import TooManyStreams, streams

blueprint = Blueprint("webhook", __name__)
LARGEST_BYTES = 5_000_000
_LONGEST_KEY = 256
_PATH = "/executions/webhook/<namespace>/<flow_id>/<key>"
_BODY = Body(("application/json", "text/plain", "application/octet-stream"), {}, is_required=False)


@blueprint.post(_PATH)
@operation(ExecutionDocument, body=_BODY, tag="executions")
def call(namespace: str, flow_id: str, key: str) -> Response:
    """Starts the flow whose webhook has this key; 204 when the conditions of the webhook do not hold.

    With a header `Idempotency-Key` the same key starts one execution only. A webhook with `wait` answers when the
    execution has ended; at once, like one without, while too many wait already.
    """
    answered = celeriac().trigger_parts.webhooks.call(namespace, flow_id, key, _call())
    trigger, started = answered.trigger, answered.started
    if started is None:
        return Response(status=204)
    if trigger.wait:
        with suppress(TooManyStreams), streams().one():
            return _ended(trigger, ended(started))
    return json_answer(with_url(celeriac().views.execution(started)), trigger.response_code or 200)


alias(blueprint, "GET", _PATH, call)
alias(blueprint, "PUT", _PATH, call)


def _call() -> Call:
    idempotency_key = request.headers.get("Idempotency-Key") or None
    if idempotency_key is not None and len(idempotency_key) > _LONGEST_KEY:
        raise wrong("Idempotency-Key", f"a key has at most {_LONGEST_KEY} characters")
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    return Call(read_body(LARGEST_BYTES), headers, request.args.to_dict(flat=False), idempotency_key)


def _ended(trigger: Webhook, document: Document) -> Response:
    failed = document["state"]["current"] in (State.FAILED.value, State.KILLED.value)
    status = trigger.response_code or (500 if failed else 200)
    if not trigger.return_outputs:
        return json_answer(with_url(document), status)
    outputs: dict[str, Any] = document.get("outputs") or {}
    if trigger.response_content_type == "text/plain":
        return Response(_text(outputs), status, mimetype="text/plain")
    return json_answer(outputs, status)


def _text(outputs: dict[str, Any]) -> str:
    """The only output as text, several as JSON."""
    only = next(iter(outputs.values())) if len(outputs) == 1 else outputs
    return only if isinstance(only, str) else orjson.dumps(only, default=str).decode()
