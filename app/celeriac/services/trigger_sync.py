"""Brings the rows of triggers to the newest revision of their flow."""

import logging
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from celeriac.core.dated_trigger import Alarm, DatedTrigger
from celeriac.core.dates import micros
from celeriac.core.errors import CeleriacError
from celeriac.core.flow_index import FlowIndex
from celeriac.core.listening_trigger import ListeningTrigger
from celeriac.core.trigger_type import TriggerType
from celeriac.services.alarms import Alarms, Key
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_dates import next_date
from celeriac.services.trigger_scope import TriggerScope
from celeriac.store.trigger_store import Head, TriggerRow, TriggerStore

_log = logging.getLogger(__name__)


class TriggerSync:
    """Idempotent; any process may do it, at any time."""

    def __init__(self, store: TriggerStore, flows: Flows, around: Surroundings, alarms: Alarms) -> None:
        self._store = store
        self._flows = flows
        self._around = around
        self._alarms = alarms

    def hint(self, namespace: str, flow_id: str) -> None:
        """A flow was saved. Never raises, for that is done: the flow stays marked."""
        try:
            self.sync(namespace, flow_id)
        except self._store.Unavailable as error:
            _log.warning("triggers are brought up to date later", extra={"flow_id": flow_id, "error": str(error)})
        except Exception:  # noqa: BLE001 # the edge of a hint
            _log.exception("triggers are brought up to date later", extra={"flow_id": flow_id})

    def sync(self, namespace: str, flow_id: str) -> None:
        """One flow, if it is marked."""
        while (head := self._store.head(namespace, flow_id)) is not None and not self._bring(head):
            continue

    def sync_all(self) -> None:
        """Every flow that is marked. One that raises stays marked and does not keep the others waiting."""
        for head in self._store.unsynced():
            try:
                self._bring(head)
            except self._store.Unavailable:
                raise
            except Exception:  # noqa: BLE001 # the edge of the work on one flow
                _log.exception("triggers of a flow not brought up to date", extra={"flow_id": head.flow_id})

    def restore_alarms(self) -> None:
        """Tells the alarm clock everything again."""
        self._alarms.restore({row.key: alarm for row in self._store.dated() if (alarm := alarm_of(row))})

    def set_disabled(self, key: Key, *, is_disabled: bool) -> bool:
        """Switches a trigger; its next date is counted from now on. False when there is none."""
        is_done = False
        while not is_done:
            self.sync(key[0], key[1])
            row = self._store.get(key)
            if row is None:
                return False
            is_done = self._switch(row, is_disabled=is_disabled)
        return True

    def _switch(self, row: TriggerRow, *, is_disabled: bool) -> bool:
        """False when the trigger has changed meanwhile."""
        index = self._flows.index(row.namespace, row.flow_id, row.flow_revision)
        trigger = trigger_of(index, row)
        next_us = None
        if not is_disabled and trigger is not None and is_enabled(index, trigger):
            next_us = self.first_us(index, trigger, self._around.now())
        values: dict[str, Any] = {"is_disabled": is_disabled, "next_us": next_us, "updated_us": self._around.now_us()}
        if not is_disabled:
            values |= {"execution_id": None, "error": None}
        if not self._store.change(row.key, expected=row, **values):
            return False
        self._alarms.set(row.key, None if next_us is None else alarm_of(row))
        return True

    def first_us(self, index: FlowIndex, trigger: TriggerType, now: datetime) -> int | None:
        """When a trigger that is new, or was switched on, is to be looked at first."""
        date: datetime | None = None
        if isinstance(trigger, DatedTrigger):
            date = next_date(TriggerScope(self._around, index, trigger), trigger, now)
        elif isinstance(trigger, ListeningTrigger):
            date = trigger.misses_after(now)
        return None if date is None else micros(date)

    def _bring(self, head: Head) -> bool:
        old = {row.trigger_id: row for row in self._store.of_flow(head.namespace, head.flow_id)}
        index = self._index(head)
        triggers = [] if index is None else index.flow.triggers
        kept = {trigger.id for trigger in triggers if index and self._is_unchanged(index, trigger, old.get(trigger.id))}
        rows = [self._row(index, one, old.get(one.id), is_kept=one.id in kept) for one in triggers if index]
        if not self._store.replace(head, rows, kept):
            return False
        off = {row.trigger_id for row in old.values() if row.is_disabled}
        for row in rows:
            self._alarms.set(row.key, None if row.next_us is None or row.trigger_id in off else alarm_of(row))
        for gone in old.keys() - {row.trigger_id for row in rows}:
            self._alarms.set((head.namespace, head.flow_id, gone), None)
        return True

    def _index(self, head: Head) -> FlowIndex | None:
        """None when the flow was removed, or cannot be read any more."""
        try:
            return None if head.is_deleted else self._flows.index(head.namespace, head.flow_id, head.revision)
        except CeleriacError as error:
            _log.error("the triggers of a flow cannot be read", extra={"flow_id": head.flow_id, "error": str(error)})
            return None

    def _row(self, index: FlowIndex, trigger: TriggerType, old: TriggerRow | None, *, is_kept: bool) -> TriggerRow:
        flow, may_run = index.flow, is_enabled(index, trigger)
        row = TriggerRow(
            flow.namespace,
            flow.id,
            trigger.id,
            trigger.type_name or trigger.type,
            index.revision,
            is_concurrent=trigger.allow_concurrent,
            listens=trigger.listens and may_run,
            state=_first_state(trigger, self._around.now()),
            updated_us=self._around.now_us(),
        )
        if is_kept and old is not None:
            return replace(row, next_us=old.next_us)
        if not may_run:
            return row
        return replace(row, next_us=self.first_us(index, trigger, self._around.now()))

    def _is_unchanged(self, index: FlowIndex, trigger: TriggerType, old: TriggerRow | None) -> bool:
        """True when the revision that the row is of says the same about the trigger."""
        if old is None:
            return False
        try:
            before = self._flows.index(old.namespace, old.flow_id, old.flow_revision)
        except CeleriacError:
            return False
        was = trigger_of(before, old)
        return was == trigger and before.flow.disabled == index.flow.disabled


def trigger_of(index: FlowIndex, row: TriggerRow) -> TriggerType | None:
    """The trigger as the flow says it."""
    return next((one for one in index.flow.triggers if one.id == row.trigger_id), None)


def is_enabled(index: FlowIndex, trigger: TriggerType) -> bool:
    """True when neither the trigger nor its flow is disabled in YAML."""
    return not (index.flow.disabled or trigger.disabled)


def alarm_of(row: TriggerRow) -> Alarm | None:
    """What the alarm clock must know of a trigger."""
    found = (row.state or {}).get("alarm")
    return None if found is None else Alarm(**found)


def _first_state(trigger: TriggerType, now: datetime) -> dict[str, object] | None:
    if isinstance(trigger, ListeningTrigger) and (closes := trigger.misses_after(now)) is not None:
        return {"closes": micros(closes)}
    alarm = trigger.alarm if isinstance(trigger, DatedTrigger) else None
    return None if alarm is None else {"alarm": asdict(alarm)}
