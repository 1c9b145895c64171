"""Triggers follow the newest revision of their flows; what goes wrong with one flow is not the end of the others."""

from collections.abc import Callable, Iterable, Sequence

from celeriac.core.dated_trigger import Alarm
from celeriac.services.alarms import Key, NoAlarms
from celeriac.services.trigger_sync import TriggerSync
from celeriac.store.trigger_store import Head, TriggerRow, TriggerStore
from engine.flow_text import LOG
from hand_engine import HandEngine

SCHEDULE = "io.kestra.plugin.core.trigger.Schedule"


class BrokenClock(NoAlarms):
    """Cannot be set for one flow."""

    def set(self, key: Key, alarm: Alarm | None) -> None:
        if key[1] == "broken":
            raise ValueError("unforeseen")


def scheduled(flow_id: str) -> str:
    return f"""id: {flow_id}
namespace: tests
tasks:
  - {{id: log, type: {LOG}, message: hello}}
triggers:
  - {{id: timer, type: {SCHEDULE}, cron: "0 0 * * *"}}
"""


def broken_sync(engine: HandEngine) -> TriggerSync:
    app = engine.app
    return TriggerSync(app.trigger_parts.store, app.flows, app.trigger_parts.around, BrokenClock())


def test_a_flow_that_cannot_be_brought_up_to_date_does_not_keep_others_waiting(by_hand: HandEngine) -> None:
    by_hand.register(scheduled("broken"), scheduled("other"))
    by_hand.change("UPDATE flow_head SET triggers_revision = 0")

    broken_sync(by_hand).sync_all()

    assert by_hand.rows("SELECT id FROM flow_head WHERE triggers_revision = revision AND id = 'other'")


def test_a_hint_never_raises_for_the_flow_is_saved(by_hand: HandEngine) -> None:
    by_hand.register(scheduled("broken"))
    by_hand.change("UPDATE flow_head SET triggers_revision = 0")

    broken_sync(by_hand).hint("tests", "broken")


class Busy(TriggerStore):
    """Somebody switches a trigger on just before its flow is brought up to date."""

    switch: Callable[[], object] = staticmethod(lambda: None)

    def replace(self, head: Head, rows: Sequence[TriggerRow], kept: Iterable[str]) -> bool:
        self.switch()
        return super().replace(head, rows, kept)


def test_a_trigger_that_is_switched_on_while_its_flow_is_saved_gets_a_date(on_each_database: HandEngine) -> None:
    engine, parts, key = on_each_database, on_each_database.app.trigger_parts, ("tests", "timed", "timer")
    engine.register(scheduled("timed"))
    parts.sync.set_disabled(key, is_disabled=True)
    busy = Busy(engine.app.database)
    busy.switch = lambda: busy.change(key, is_disabled=False, next_us=None)
    engine.app.flows.changed = TriggerSync(busy, engine.app.flows, parts.around, NoAlarms()).hint

    engine.register(scheduled("timed").replace("0 0 * * *", "0 1 * * *"))

    assert parts.store.get(key).next_us is not None


def test_a_trigger_that_stays_switched_off_gets_no_date(on_each_database: HandEngine) -> None:
    parts, key = on_each_database.app.trigger_parts, ("tests", "timed", "timer")
    on_each_database.register(scheduled("timed"))
    parts.sync.set_disabled(key, is_disabled=True)

    on_each_database.register(scheduled("timed").replace("0 0 * * *", "0 1 * * *"))

    row = parts.store.get(key)
    assert (row.flow_revision, row.is_disabled, row.next_us) == (2, True, None)
