"""What triggers are made of; part of the composition root."""

from dataclasses import dataclass
from functools import cached_property

from celeriac.services.alarms import Alarms, NoAlarms
from celeriac.services.executions import Executions
from celeriac.services.firing import Firing
from celeriac.services.flow_triggers import FlowTriggers
from celeriac.services.flows import Flows
from celeriac.services.scheduling import Scheduling
from celeriac.services.surroundings import Surroundings
from celeriac.services.trigger_sync import TriggerSync
from celeriac.services.triggering import Triggering
from celeriac.services.triggers import Triggers
from celeriac.services.webhooks import Webhooks
from celeriac.settings import Settings
from celeriac.store.database import Database
from celeriac.store.flow_event_store import FlowEventStore
from celeriac.store.trigger_list_store import TriggerListStore
from celeriac.store.trigger_store import TriggerStore


@dataclass
class TriggerParts:
    """Parts are made on first use."""

    settings: Settings
    database: Database
    flows: Flows
    around: Surroundings
    executions: Executions

    @cached_property
    def store(self) -> TriggerStore:
        return TriggerStore(self.database)

    @cached_property
    def alarms(self) -> Alarms:
        """RedBeat, where there is a Redis that is not for one command only."""
        settings = self.settings
        if not settings.is_lasting or not settings.redis_url.startswith(("redis", "valkey")):
            return NoAlarms()
        from celeriac.dispatch.schedule import RedBeatAlarms, beat_app

        return RedBeatAlarms(beat_app(settings.broker_url, settings.redis_url, settings.cell))

    @cached_property
    def sync(self) -> TriggerSync:
        return TriggerSync(self.store, self.flows, self.around, self.alarms)

    @cached_property
    def firing(self) -> Firing:
        return Firing(self.executions)

    @cached_property
    def scheduling(self) -> Scheduling:
        return Scheduling(self.store, self.flows, self.around, self.sync, self.firing)

    @cached_property
    def flow_triggers(self) -> FlowTriggers:
        events = FlowEventStore(self.database)
        return FlowTriggers(events, self.store, self.flows, self.around, self.sync, self.firing)

    @cached_property
    def triggering(self) -> Triggering:
        return Triggering(self.store, self.sync, self.scheduling, self.flow_triggers, self.alarms, self.around)

    @cached_property
    def triggers(self) -> Triggers:
        return Triggers(TriggerListStore(self.database), self.store, self.flows, self.around, self.sync)

    @cached_property
    def webhooks(self) -> Webhooks:
        return Webhooks(self.flows, self.around, self.store, self.firing)

    def flow_changed(self, namespace: str, flow_id: str) -> None:
        """A flow was saved or removed."""
        if self.settings.is_lasting:
            self.sync.hint(namespace, flow_id)

    def heard(self) -> None:
        """Executions have entered states that some trigger listens to."""
        if self.settings.is_lasting:
            self.flow_triggers.hear()
