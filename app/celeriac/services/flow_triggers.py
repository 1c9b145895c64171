"""Triggers that hear of executions: what entering a state starts, once for each event, whoever hears it first."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from celeriac.core.collecting import Collection
from celeriac.core.dates import micros
from celeriac.core.errors import CeleriacError
from celeriac.core.listening_trigger import ListeningTrigger
from celeriac.core.trigger_type import TriggerType
from celeriac.services.firing import Firing
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_scope import TriggerScope
from celeriac.services.trigger_sync import TriggerSync, is_enabled, trigger_of
from celeriac.services.upstream_view import Heard, trigger_variables
from celeriac.store.flow_event_store import FlowEvent, FlowEventStore
from celeriac.store.trigger_store import Key, TriggerRow, TriggerStore

AT_ONCE = 0
"""The next date of a trigger that has something to start."""
_log = logging.getLogger(__name__)
Change = Callable[[Any], Mapping[str, Any]]


class FlowTriggers:
    """Hears events. Crashes and repetitions do no harm: an event is deleted with what it changes."""

    def __init__(
        self,
        events: FlowEventStore,
        store: TriggerStore,
        flows: Flows,
        around: Surroundings,
        sync: TriggerSync,
        firing: Firing,
    ) -> None:
        self._events = events
        self._store = store
        self._flows = flows
        self._around = around
        self._sync = sync
        self._firing = firing
        self._known: dict[Key, tuple[int, TriggerType | None]] = {}

    def hear(self) -> None:
        """Deals with all events that wait. One that cannot be dealt with waits on; the others do not wait for it."""
        are_heard = True
        while are_heard and (events := self._events.oldest()):
            rows = self._store.listening()
            for event in events:
                try:
                    self._hear(event, rows)
                except self._store.Unavailable:
                    raise
                except Exception:  # noqa: BLE001 # the edge of the work on one event
                    _log.exception("an event could not be heard", extra={"execution_id": event.execution_id})
                    are_heard = False

    def ring(self, key: Key) -> None:
        """What a trigger had still to start, and the period that has ended without all its parts."""
        row = self._store.get(key)
        if row is None or row.is_disabled:
            return
        index = self._flows.index(row.namespace, row.flow_id, row.flow_revision)
        trigger = trigger_of(index, row)
        if not isinstance(trigger, ListeningTrigger) or not is_enabled(index, trigger):
            return
        scope = TriggerScope(self._around, index, trigger)
        self._start_pending(row, scope)
        closes = (row.state or {}).get("closes")
        if closes is not None and closes <= micros(scope.now):
            closes = self._miss(row, scope, trigger, _date(closes))
        self._events.change(row.key, _looked_at(closes))

    def _hear(self, event: FlowEvent, rows: list[TriggerRow]) -> None:
        execution = self._around.executions.get(event.execution_id)
        changes: dict[Key, list[Change]] = {}
        for state, at_us in [] if execution is None else execution.histories[event.first : event.first + event.count]:
            assert execution is not None
            heard = Heard(execution, state, at_us, self._events)
            for row in rows:
                if change := self._told(row, heard):
                    changes.setdefault(row.key, []).append(change)
        if self._events.hear(event, {key: _in_turn(found) for key, found in changes.items()}):
            for key in changes:
                self.ring(key)

    def _told(self, row: TriggerRow, heard: Heard) -> Change | None:
        """A trigger that raises does not keep others from hearing: for it the event is over, as its row says."""
        execution = heard.execution
        try:
            if (row.namespace, row.flow_id) == (execution.namespace, execution.flow_id):
                self._stop_after(row, heard)
                return None
            return self._consider(row, heard)
        except self._store.Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 # the edge of the work on one trigger
            _log.exception("a trigger could not be told", extra={"trigger": "/".join(row.key)})
            reason = f"cannot hear of execution {execution.id}: {type(error).__name__}, see the log of beat"
            self._store.change(row.key, error=reason)
            return None

    def _stop_after(self, row: TriggerRow, heard: Heard) -> None:
        """Switches off the trigger that has started the execution, when it says so."""
        started_by = heard.execution.trigger or {}
        if row.trigger_id != started_by.get("id"):
            return
        trigger = self._trigger(row)
        if trigger is not None and trigger.type == started_by.get("type") and heard.state in trigger.stop_after:
            self._sync.set_disabled(row.key, is_disabled=True)

    def _consider(self, row: TriggerRow, heard: Heard) -> Change | None:
        """Starts what the event alone fires; else what it changes of the trigger's collections."""
        trigger = self._trigger(row)
        if not isinstance(trigger, ListeningTrigger) or not trigger.may_want(heard.upstream):
            return None
        scope = TriggerScope(self._around, self._flows.index(row.namespace, row.flow_id, row.flow_revision), trigger)
        try:
            situation = scope.situation(heard.context, heard.upstream)
            if not trigger.wants(situation):
                return None
            collections = trigger.collections()
            met = [one.met(situation) for one in collections]
        except CeleriacError as error:
            self._store.change(row.key, error=scope.mask(str(error)))
            return None
        if not collections:
            self._start(row, scope, _pending(trigger, heard, []))
            return None
        return _collecting(trigger, collections, met, heard) if any(met) else None

    def _trigger(self, row: TriggerRow) -> TriggerType | None:
        """The trigger as its revision says it, kept in memory: each event asks all of them."""
        revision, trigger = self._known.get(row.key, (0, None))
        if revision != row.flow_revision:
            trigger = trigger_of(self._flows.index(row.namespace, row.flow_id, row.flow_revision), row)
            self._known[row.key] = row.flow_revision, trigger
        return trigger

    def _start(self, row: TriggerRow, scope: TriggerScope, pending: Mapping[str, Any]) -> None:
        key, variables, labels = pending["key"], pending["variables"], pending["labels"]
        error: str | None = None
        try:
            started = self._firing.start(scope, variables, key, labels, pending["secrets"])
        except CeleriacError as problem:
            error = scope.mask(str(problem))
            _log.warning("trigger failed", extra={"trigger": "/".join(row.key), "error": error})
            started = self._firing.record_failed(scope, variables, key, error, labels)
        now_us = micros(scope.now)
        self._store.change(row.key, error=error, last_us=now_us, execution_id=str(started), updated_us=now_us)

    def _start_pending(self, row: TriggerRow, scope: TriggerScope) -> None:
        for one in (row.state or {}).get("pending", ()):
            self._start(row, scope, one)
            self._events.change(row.key, _without(one["key"]))

    def _miss(self, row: TriggerRow, scope: TriggerScope, trigger: ListeningTrigger, end: datetime) -> int | None:
        """A period has ended: shows it when it was missed. Returns when the next one ends."""
        states = (row.state or {}).get("collections", {})
        if any(one.is_missed(states.get(one.id), end) for one in trigger.collections()):
            reason = f"What the trigger waits for has not all happened until {end:%Y-%m-%d %H:%M:%S} UTC"
            started = self._firing.record_failed(scope, {}, f"missed/{micros(end)}", reason, trigger.miss_labels)
            self._store.change(row.key, execution_id=str(started), error=reason)
        following = trigger.misses_after(scope.now)
        return None if following is None else micros(following)


def _collecting(
    trigger: ListeningTrigger, collections: Sequence[Collection], met: list[list[str]], heard: Heard
) -> Change:
    """What an event changes: more parts are met; when enough are, a start is put down as pending."""
    at = _date(heard.at_us)

    def change(state: Any) -> dict[str, Any]:
        found = dict(state or {})
        values: dict[str, Any] = {}
        collected = dict(found.get("collections", {}))
        complete = []
        for one, names in zip(collections, met, strict=True):
            collected[one.id], is_complete = one.collect(collected.get(one.id), names, heard.upstream, at)
            complete.append(is_complete)
        if all(complete):
            pending = _pending(trigger, heard, [collected[one.id] for one in collections])
            found["pending"] = [*found.get("pending", ()), pending]
            for one in collections:
                collected[one.id] = one.fired(collected[one.id], at)
            values["next_us"] = AT_ONCE
        return {**values, "state": {**found, "collections": collected}}

    return change


def _pending(trigger: ListeningTrigger, heard: Heard, collected: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A start that is to be made. collected: states of the collections that are complete."""
    parts = [part for state in collected for part in state["outputs"].values()]
    return {
        "key": heard.key,
        "variables": trigger_variables(heard, collected, scopes_outputs=trigger.scopes_outputs),
        "labels": heard.correlation,
        "secrets": sorted({*heard.upstream.secrets, *(name for part in parts for name in part[3])}),
    }


def _in_turn(changes: list[Change]) -> Change:
    def change(state: Any) -> Mapping[str, Any]:
        values: dict[str, Any] = {}
        for one in changes:
            values |= one(state)
            state = values["state"]
        return values

    return change


def _without(key: str) -> Change:
    def change(state: Any) -> dict[str, Any]:
        pending = [one for one in (state or {}).get("pending", ()) if one["key"] != key]
        return {"state": {**(state or {}), "pending": pending}}

    return change


def _looked_at(closes: int | None) -> Change:
    """Nothing to do before the period ends, unless more has become pending meanwhile."""

    def change(state: Any) -> dict[str, Any]:
        found = {**(state or {}), "closes": closes} if closes is not None else state
        return {"state": found} | ({} if (found or {}).get("pending") else {"next_us": closes})

    return change


def _date(us: int) -> datetime:
    return datetime.fromtimestamp(us // 1_000_000, UTC).replace(microsecond=us % 1_000_000)
