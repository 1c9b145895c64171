"""Calls of webhooks: who is called, with what, and what it starts."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from celeriac.core.errors import CeleriacError, ExpressionError, FlowNotFound, Refused, TriggerNotFound
from celeriac.core.flow_index import FlowIndex
from celeriac.plugins.core.trigger.webhook import Webhook
from celeriac.services.executions import Started
from celeriac.services.firing import FROM_TRIGGER, Firing
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_scope import TriggerScope
from celeriac.services.trigger_sync import is_enabled
from celeriac.store.trigger_store import TriggerStore

LONGEST_KEY = 256


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a webhook. headers: names in lower case. idempotency_key: the same one starts one execution only."""

    body: bytes = b""
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call has started; None = its conditions did not hold."""

    trigger: Webhook
    started: Started | None


class Webhooks:
    """Starts executions for calls."""

    def __init__(self, flows: Flows, around: Surroundings, store: TriggerStore, firing: Firing) -> None:
        self._flows = flows
        self._around = around
        self._store = store
        self._firing = firing

    def call(self, namespace: str, flow_id: str, key: str, call: Call) -> Answered:
        """Raises: TriggerNotFound (flow, key), Refused (disabled), InputsInvalid, FlowInvalid, ExpressionError."""
        scope, trigger = self._find(namespace, flow_id, key)
        row = self._store.get((namespace, flow_id, trigger.id))
        if not is_enabled(scope.index, trigger) or (row is not None and row.is_disabled):
            raise Refused(f"The webhook of flow '{namespace}'.'{flow_id}' is disabled")
        variables = {
            "body": _body(call.body),
            "headers": {name: list(values) for name, values in call.headers.items()},
            "parameters": {name: list(values) for name, values in call.parameters.items()},
        }
        try:
            may_fire = trigger.may_fire(scope.situation({"trigger": variables}))
        except ExpressionError:
            may_fire = False
        if not may_fire:
            return Answered(trigger, None)
        started = self._firing.start(scope, variables, call.idempotency_key or secrets.token_hex(16), FROM_TRIGGER)
        if row is not None:
            now_us = self._around.now_us()
            self._store.change(row.key, execution_id=str(started), last_us=now_us, error=None, updated_us=now_us)
        return Answered(trigger, started)

    def _find(self, namespace: str, flow_id: str, key: str) -> tuple[TriggerScope, Webhook]:
        """Every webhook of the flow is compared, in a time that does not tell how much of the key is right."""
        found: tuple[TriggerScope, Webhook] | None = None
        for scope, trigger in self._webhooks(namespace, flow_id):
            if _is_same(self._key(scope, trigger), key):
                found = scope, trigger
        if found is None:
            raise TriggerNotFound("Webhook not found")
        return found

    def _webhooks(self, namespace: str, flow_id: str) -> Sequence[tuple[TriggerScope, Webhook]]:
        try:
            index: FlowIndex = self._flows.index(namespace, flow_id)
        except FlowNotFound:
            return []
        hooks = [one for one in index.flow.triggers if isinstance(one, Webhook)]
        return [(TriggerScope(self._around, index, one), one) for one in hooks]

    @staticmethod
    def _key(scope: TriggerScope, trigger: Webhook) -> str | None:
        try:
            rendered = scope.render(trigger.key, {})
        except CeleriacError:
            return None
        return None if rendered is None else str(rendered)


def _is_same(expected: str | None, given: str) -> bool:
    if not expected or len(given) > LONGEST_KEY:
        return False
    return hmac.compare_digest(expected.encode(), given.encode())


def _body(data: bytes) -> Any:
    """A JSON object or list as such, anything else as text; None when there is nothing."""
    if not data:
        return None
    try:
        parsed = orjson.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")
    return parsed if isinstance(parsed, dict | list) else data.decode("utf-8", "replace")
