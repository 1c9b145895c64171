"""Dates of triggers that have come: each starts one execution, whoever rings, however often and however late."""

import logging
from datetime import UTC, datetime, timedelta

from celeriac.core.dated_trigger import DatedTrigger, Occurrence, iso_date, to_deal_with
from celeriac.core.dates import micros
from celeriac.core.errors import CeleriacError
from celeriac.services.firing import FROM_TRIGGER, Firing
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_dates import next_date, valid_occurrence, variables_of
from celeriac.services.trigger_scope import TriggerScope
from celeriac.services.trigger_sync import TriggerSync, is_enabled, trigger_of
from celeriac.store.trigger_store import TriggerRow, TriggerStore

ON_TIME_S = 10.0
"""A date dealt with later than this was missed; two beats take that long to replace one another."""
AT_ONCE = 50
"""Dates that one call deals with, when there are more to make up for."""
_log = logging.getLogger(__name__)


class Scheduling:
    """Deals with the dates of Schedule and its like. Two that fire the same trigger at once do no harm."""

    def __init__(
        self, store: TriggerStore, flows: Flows, around: Surroundings, sync: TriggerSync, firing: Firing
    ) -> None:
        self._store = store
        self._flows = flows
        self._around = around
        self._sync = sync
        self._firing = firing

    def fire(self, namespace: str, flow_id: str, trigger_id: str) -> None:
        """Starts what is due of a trigger, in the order of its dates."""
        self._sync.sync(namespace, flow_id)
        for _ in range(AT_ONCE):
            row = self._store.get((namespace, flow_id, trigger_id))
            if row is None or not self._deal_with_one(row):
                return

    def _deal_with_one(self, row: TriggerRow) -> bool:
        """Deals with one date; False when nothing is due now."""
        now = self._around.now()
        if row.is_disabled or row.next_us is None or row.next_us > micros(now):
            return False
        index = self._flows.index(row.namespace, row.flow_id, row.flow_revision)
        trigger = trigger_of(index, row)
        if not isinstance(trigger, DatedTrigger) or not is_enabled(index, trigger):
            return False
        missed_before = self._missed_before(row, now)
        if missed_before is None:
            return False
        scope = TriggerScope(self._around, index, trigger)
        date = to_deal_with(trigger, _date(row.next_us, now), now, missed_before)
        if date is None:
            return self._move(row, scope, trigger, after=now)
        return self._start(row, scope, trigger, date)

    def _missed_before(self, row: TriggerRow, now: datetime) -> datetime | None:
        """Dates before this have been missed; None while the last execution still runs."""
        limit = now - timedelta(seconds=ON_TIME_S)
        if row.is_concurrent or row.execution_id is None:
            return limit
        last = self._around.executions.get(row.execution_id)
        if last is None:
            return limit
        return None if last.ended_us is None else max(limit, _date(last.ended_us, now))

    def _start(self, row: TriggerRow, scope: TriggerScope, trigger: DatedTrigger, date: datetime) -> bool:
        occurrence = trigger.occurrence(date.astimezone(trigger.zone(scope.now.tzinfo)))
        try:
            if not trigger.may_fire(scope.situation(variables_of(occurrence))):
                return self._move(row, scope, trigger, after=date)
        except CeleriacError as error:
            is_shown = trigger.fail_on_trigger_error or trigger.when is not None
            return self._failed(row, scope, trigger, occurrence, error, is_shown=is_shown)
        occurrence = valid_occurrence(scope, trigger, occurrence)
        try:
            started = self._firing.start(scope, occurrence.variables, _key(date), FROM_TRIGGER)
        except CeleriacError as error:
            return self._failed(row, scope, trigger, occurrence, error, is_shown=trigger.fail_on_trigger_error)
        done: dict[str, object] = {"error": None, "last_us": micros(date), "execution_id": str(started)}
        return self._move(row, scope, trigger, after=date, **done)

    def _failed(
        self,
        row: TriggerRow,
        scope: TriggerScope,
        trigger: DatedTrigger,
        occurrence: Occurrence,
        error: CeleriacError,
        *,
        is_shown: bool,
    ) -> bool:
        """The date is dealt with all the same. is_shown: as a FAILED execution. Source: Kestra 2.0."""
        reason, date = scope.mask(str(error)), occurrence.date
        _log.warning("trigger failed", extra={"trigger": "/".join(row.key), "error": reason})
        done: dict[str, object] = {"error": reason, "last_us": micros(date)}
        if is_shown:
            failed = self._firing.record_failed(scope, occurrence.variables, _key(date), reason, FROM_TRIGGER)
            done["execution_id"] = str(failed)
        return self._move(row, scope, trigger, after=date, **done)

    def _move(
        self, row: TriggerRow, scope: TriggerScope, trigger: DatedTrigger, *, after: datetime, **values: object
    ) -> bool:
        """Goes on to the next date, unless somebody else has."""
        date = next_date(scope, trigger, after)
        now_us = micros(scope.now)
        self._store.change(
            row.key,
            expected=row,
            next_us=None if date is None else micros(date),
            evaluated_us=now_us,
            updated_us=now_us,
            **values,
        )
        return True


def _key(date: datetime) -> str:
    return iso_date(date.astimezone(UTC))


def _date(us: int, now: datetime) -> datetime:
    return datetime.fromtimestamp(us // 1_000_000, now.tzinfo).replace(microsecond=us % 1_000_000)
