"""Triggers as people see and steer them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

from celeriac.core.cron import CronInvalid, parse_cron, parse_zone
from celeriac.core.dated_trigger import DatedTrigger
from celeriac.core.dates import micros
from celeriac.core.errors import CeleriacError, InputsInvalid, Problem, TriggerNotFound
from celeriac.core.flow_index import FlowIndex
from celeriac.core.page import Page
from celeriac.core.trigger_filter import TriggerFilter
from celeriac.core.trigger_type import TriggerType
from celeriac.services.flows import Flows
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_dates import dates_after
from celeriac.services.trigger_scope import TriggerScope
from celeriac.services.trigger_sync import TriggerSync, is_enabled, trigger_of
from celeriac.store.trigger_list_store import TriggerListStore
from celeriac.store.trigger_store import Key, TriggerRow, TriggerStore

MOST_DATES = 1000
EXTRA = 50
"""Rows read beyond what is asked for: some wake up for another reason than a date."""


@dataclass(frozen=True, slots=True)
class TriggerView:
    """A trigger with what is known of it. is_disabled: in YAML, by a person or by `stopAfter`.

    is_disabled_in_flow: in YAML, which only a new revision can change. execution_id: the last one that it started.
    is_locked: it waits for the end of that one.
    updated_at: when any of this changed.
    """

    namespace: str
    flow_id: str
    trigger_id: str
    type: str
    flow_revision: int
    description: str | None
    cron: str | None
    timezone: str | None
    is_disabled: bool
    is_disabled_in_flow: bool
    next_at: datetime | None
    last_at: datetime | None
    execution_id: str | None
    is_locked: bool
    evaluated_at: datetime | None
    updated_at: datetime
    error: str | None


class Triggers:
    """Lists, next dates, switches."""

    def __init__(
        self, lists: TriggerListStore, store: TriggerStore, flows: Flows, around: Surroundings, sync: TriggerSync
    ) -> None:
        self._lists = lists
        self._store = store
        self._flows = flows
        self._around = around
        self._sync = sync

    def list(
        self, namespace: str = "", flow_id: str = "", q: str = "", page: int = 1, size: int = 25
    ) -> Page[TriggerView]:
        """namespace: this one and those below it; q: part of a name; empty = any."""
        return self.find(TriggerFilter(q, namespace, flow_id=flow_id, page=page, size=size))

    def find(self, asked: TriggerFilter) -> Page[TriggerView]:
        """The triggers of a filter."""
        page = self._lists.search(asked)
        return Page(self._views(page.results), page.total)

    def of_flow(self, namespace: str, flow_id: str) -> Sequence[TriggerView]:
        """The triggers of one flow, in the order of their ids."""
        self._sync.sync(namespace, flow_id)
        return self._views(self._store.of_flow(namespace, flow_id))

    def get(self, namespace: str, flow_id: str, trigger_id: str) -> TriggerView:
        """Raises: TriggerNotFound."""
        return self._views([self._row((namespace, flow_id, trigger_id))])[0]

    def next_dates(self, namespace: str, flow_id: str, trigger_id: str, count: int = 10) -> Sequence[datetime]:
        """When it will fire, in its own time zone; nothing for triggers without dates and for those that are off.

        Raises: TriggerNotFound.
        """
        row = self._row((namespace, flow_id, trigger_id))
        index, trigger = self._found(row)
        if index is None or not isinstance(trigger, DatedTrigger) or row.is_disabled or not is_enabled(index, trigger):
            return []
        scope = TriggerScope(self._around, index, trigger)
        zone = trigger.zone(scope.now.tzinfo)
        dates = dates_after(scope, trigger, scope.now)
        return [date.astimezone(zone) for date in islice(dates, min(count, MOST_DATES))]

    def preview(
        self, cron: str, timezone: str | None = None, start: datetime | None = None, count: int = 10
    ) -> Sequence[datetime]:
        """The dates of a cron expression of five or six fields. Raises: InputsInvalid."""
        try:
            parsed = parse_cron(cron, with_seconds=len(cron.split()) == 6)
        except CronInvalid as error:
            raise InputsInvalid([Problem(str(error), "cron")]) from error
        now = self._around.now()
        try:
            zone: tzinfo | None = parse_zone(timezone) if timezone else now.tzinfo
        except ValueError as error:
            raise InputsInvalid([Problem(str(error), "timezone")]) from error
        try:
            moment = now if start is None else start if start.tzinfo else start.replace(tzinfo=zone)
            return list(islice(parsed.all_after(moment.astimezone(zone)), min(count, MOST_DATES)))
        except (OverflowError, ValueError) as error:
            raise InputsInvalid([Problem(f"no date can be counted from {start}", "from")]) from error

    def set_disabled(self, namespace: str, flow_id: str, trigger_id: str, *, is_disabled: bool) -> TriggerView:
        """Switches a trigger. Raises: TriggerNotFound."""
        key = (namespace, flow_id, trigger_id)
        if not self._sync.set_disabled(key, is_disabled=is_disabled):
            raise _not_found(key)
        return self.get(*key)

    def unlock(self, namespace: str, flow_id: str, trigger_id: str) -> TriggerView:
        """Lets it fire although its last execution still runs. Raises: TriggerNotFound."""
        key = (namespace, flow_id, trigger_id)
        if not self._store.change(key, execution_id=None, error=None, updated_us=self._around.now_us()):
            raise _not_found(key)
        return self.get(*key)

    def upcoming(self, until: datetime, limit: int = 10) -> Sequence[TriggerView]:
        """What fires next."""
        rows = self._lists.upcoming(micros(until), limit + EXTRA)
        return [view for view in self._views(rows) if view.next_at is not None][:limit]

    def _row(self, key: Key) -> TriggerRow:
        self._sync.sync(key[0], key[1])
        row = self._store.get(key)
        if row is None:
            raise _not_found(key)
        return row

    def _found(self, row: TriggerRow) -> tuple[FlowIndex | None, TriggerType | None]:
        try:
            index = self._flows.index(row.namespace, row.flow_id, row.flow_revision)
        except CeleriacError:
            return None, None
        return index, trigger_of(index, row)

    def _views(self, rows: Sequence[TriggerRow]) -> Sequence[TriggerView]:
        running = self._lists.running(row.execution_id for row in rows if row.execution_id and not row.is_concurrent)
        return [self._view(row, is_locked=row.execution_id in running) for row in rows]

    def _view(self, row: TriggerRow, *, is_locked: bool) -> TriggerView:
        index, trigger = self._found(row)
        is_on = index is not None and trigger is not None and is_enabled(index, trigger)
        zone = self._around.now().tzinfo or UTC
        return TriggerView(
            row.namespace,
            row.flow_id,
            row.trigger_id,
            row.type,
            row.flow_revision,
            trigger.description if trigger is not None else None,
            getattr(trigger, "cron", None),
            getattr(trigger, "timezone", None),
            is_disabled=row.is_disabled or not is_on,
            is_disabled_in_flow=not is_on,
            next_at=_date(row.next_us, zone) if isinstance(trigger, DatedTrigger) else None,
            last_at=_date(row.last_us, zone),
            execution_id=row.execution_id,
            is_locked=is_locked,
            evaluated_at=_date(row.evaluated_us, zone),
            updated_at=_date(row.updated_us, zone) or self._around.now(),
            error=row.error,
        )


def _not_found(key: Key) -> TriggerNotFound:
    return TriggerNotFound(f"Unable to find trigger '{key[2]}' of flow '{key[0]}'.'{key[1]}'")


def _date(us: int | None, zone: tzinfo) -> datetime | None:
    return None if us is None else datetime.fromtimestamp(us // 1_000_000, zone).replace(microsecond=us % 1_000_000)
