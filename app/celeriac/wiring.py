"""The composition root: from Settings to everything that a process of Celeriac uses."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from celeriac.core.flow import Flow
from celeriac.core.plugin_types import Types
from celeriac.plugins.discovery import discover
from celeriac.services import clock
from celeriac.services.advance import Advance
from celeriac.services.attempts import Attempts, Slot
from celeriac.services.downloads import Downloads
from celeriac.services.executions import Executions
from celeriac.services.failures import Failures
from celeriac.services.flow_batches import FlowBatches
from celeriac.services.flow_grid import FlowGrid
from celeriac.services.flow_lists import FlowLists
from celeriac.services.flows import Flows
from celeriac.services.health import Health
from celeriac.services.input_preview import InputPreview
from celeriac.services.key_values import KeyValues
from celeriac.services.listing import Listing
from celeriac.services.live import Live
from celeriac.services.live_topics import Topics
from celeriac.services.logs import Logs
from celeriac.services.masking import Maskers
from celeriac.services.namespaces import Namespaces
from celeriac.services.plugin_list import PluginList
from celeriac.services.preparation import Preparation
from celeriac.services.processes import Processes
from celeriac.services.publishing import Publisher
from celeriac.services.starting import Starting
from celeriac.services.stored import StoredFiles
from celeriac.services.subflows import Subflows
from celeriac.services.submissions import Submissions
from celeriac.services.surroundings import Surroundings
from celeriac.services.sweeping import Queue, Sweeper
from celeriac.services.triggers import Triggers
from celeriac.services.views import Views
from celeriac.settings import Settings
from celeriac.storage.encryption import Encryption, key_in
from celeriac.storage.internal import Storage
from celeriac.storage.namespace_files import NamespaceFiles
from celeriac.storage.namespace_tree import NamespaceTree
from celeriac.storage.secrets import Secrets
from celeriac.store.claim_store import ClaimStore
from celeriac.store.copy_store import CopyStore
from celeriac.store.database import Database
from celeriac.store.dead_letter_store import DeadLetterStore
from celeriac.store.ended_store import EndedStore
from celeriac.store.execution_store import ExecutionStore
from celeriac.store.failure_store import FailureStore
from celeriac.store.flow_list_store import FlowListStore
from celeriac.store.flow_store import FlowStore
from celeriac.store.grid_store import GridStore
from celeriac.store.key_list_store import KeyListStore
from celeriac.store.kv_store import KeyValueStore
from celeriac.store.list_store import ListStore
from celeriac.store.live_store import LiveStore
from celeriac.store.log_store import LogStore
from celeriac.store.output_store import OutputStore
from celeriac.store.process_store import ProcessStore
from celeriac.store.state_counts import StateCounts
from celeriac.store.sweep_store import SweepStore
from celeriac.store.view_store import ViewStore
from celeriac.store.worker_store import WorkerStore
from celeriac.trigger_wiring import TriggerParts

if TYPE_CHECKING:
    from celeriac.services.plugin_schemas import PluginSchemas
    from celeriac.services.tokens import Tokens
    from celeriac.services.users import Users


@dataclass
class App:
    """One process's Celeriac. Parts are made on first use; nothing connects before it must."""

    settings: Settings
    publisher: Publisher
    queue: Queue
    types: Types = field(default_factory=discover)

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database_url)

    @cached_property
    def storage(self) -> Storage:
        return Storage.connect(self.settings.storage_url)

    @cached_property
    def flow_store(self) -> FlowStore:
        return FlowStore(self.database)

    @cached_property
    def flows(self) -> Flows:
        return Flows(self.flow_store, self.types, lambda *flow: self.trigger_parts.flow_changed(*flow))

    @cached_property
    def trigger_parts(self) -> TriggerParts:
        return TriggerParts(self.settings, self.database, self.flows, self.surroundings, self.executions)

    @property
    def triggers(self) -> Triggers:
        return self.trigger_parts.triggers

    @cached_property
    def flow_lists(self) -> FlowLists:
        return FlowLists(FlowListStore(self.database))

    @cached_property
    def flow_batches(self) -> FlowBatches:
        return FlowBatches(self.flows, self.flow_store)

    @cached_property
    def namespaces(self) -> Namespaces:
        lists = FlowListStore(self.database), KeyListStore(self.database)
        return Namespaces(*lists, self.surroundings.namespace_files)

    @cached_property
    def namespace_tree(self) -> NamespaceTree:
        return NamespaceTree(self.surroundings.namespace_files, self.storage, self.settings.files)

    @cached_property
    def key_values(self) -> KeyValues:
        return KeyValues(self.surroundings.kv, KeyListStore(self.database))

    @cached_property
    def views(self) -> Views:
        stores = ViewStore(self.database), LogStore(self.database)
        return Views(*stores, self.flows, self.storage, self.surroundings.maskers)

    @cached_property
    def listing(self) -> Listing:
        return Listing(ListStore(self.database), self.views)

    @cached_property
    def logs(self) -> Logs:
        return Logs(LogStore(self.database), ListStore(self.database), self.views)

    @cached_property
    def failures(self) -> Failures:
        return Failures(FailureStore(self.database))

    @cached_property
    def flow_grid(self) -> FlowGrid:
        return FlowGrid(GridStore(self.database))

    @cached_property
    def input_preview(self) -> InputPreview:
        return InputPreview(self.surroundings, self.flows)

    @cached_property
    def downloads(self) -> Downloads:
        return Downloads(self.surroundings, self.views)

    @cached_property
    def live(self) -> Live:
        topics = Topics(LiveStore(self.database), LogStore(self.database), self.views)
        return Live(topics.make, LiveStore.Unavailable, secrets.token_hex(4))

    @cached_property
    def files(self) -> StoredFiles:
        return StoredFiles(self.storage)

    @cached_property
    def encryption(self) -> Encryption:
        return Encryption(self.settings.secret_key or key_in(self.settings.home))

    @cached_property
    def surroundings(self) -> Surroundings:
        settings = self.settings
        executions, secrets = ExecutionStore(self.database), Secrets(settings.secrets)
        return Surroundings(
            executions=executions,
            outputs=OutputStore(self.database),
            kv=KeyValueStore(self.database),
            storage=self.storage,
            namespace_files=NamespaceFiles(self.storage, settings.files),
            secrets=secrets,
            encryption=self.encryption,
            maskers=Maskers(executions.get, self.flows, secrets, self.encryption),
            tmp=settings.tmp_dir,
            now=clock.now,
            random=clock.chance,
            execution_view=lambda execution_id: self.views.execution(execution_id),
            environ=settings.raw_envs,
            shared_variables=shared_variables(settings),
        )

    @cached_property
    def starting(self) -> Starting:
        return Starting(self.surroundings, self.flows, self.settings.cell)

    @cached_property
    def executions(self) -> Executions:
        return Executions(
            self.surroundings,
            self.flows,
            self.starting,
            self.publisher,
            EndedStore(self.database),
            CopyStore(self.database),
            self.sweep_store,
        )

    @cached_property
    def submissions(self) -> Submissions:
        return Submissions(self.executions, DeadLetterStore(self.database))

    @cached_property
    def sweep_store(self) -> SweepStore:
        return SweepStore(self.database, self.settings.cell)

    @cached_property
    def claims(self) -> ClaimStore:
        return ClaimStore(self.database)

    @cached_property
    def workers(self) -> WorkerStore:
        return WorkerStore(self.database)

    @cached_property
    def preparation(self) -> Preparation:
        return Preparation(
            self.settings,
            ping=ViewStore(self.database).now_us,
            migrate=self.migrate,
            away=self.claims.Unavailable,
            open_storage=lambda: self.storage,
            open_secrets=lambda: self.encryption,
            users=lambda: self.users,
        )

    @cached_property
    def processes(self) -> Processes:
        return Processes(ProcessStore(self.database), self.settings.cell, self.settings.alive_file)

    @cached_property
    def plugin_list(self) -> PluginList:
        return PluginList(self.types)

    @cached_property
    def plugin_schemas(self) -> "PluginSchemas":
        from celeriac.services.plugin_schemas import PluginSchemas

        return PluginSchemas(self.types)

    @cached_property
    def state_counts(self) -> StateCounts:
        return StateCounts(self.database, self.settings.cell)

    @cached_property
    def health(self) -> Health:
        return Health(
            self.views.ping,
            self.claims.Unavailable,
            self.queue,
            lambda: self.storage,
            self.processes,
            self.workers,
            self.settings.home,
        )

    @cached_property
    def advance(self) -> Advance:
        return Advance(
            self.surroundings,
            self.flows,
            Subflows(self.surroundings, self.flows, self.starting),
            self.publisher,
            lambda: self.trigger_parts.heard(),
        )

    @cached_property
    def sweeper(self) -> Sweeper:
        from celeriac.services.worker_life import is_gone

        return Sweeper(self.sweep_store, self.publisher, self.queue, is_gone)

    @cached_property
    def users(self) -> "Users":
        from celeriac.services.passwords import Passwords
        from celeriac.services.users import Users
        from celeriac.store.user_store import UserStore

        return Users(UserStore(self.database), Passwords(), clock.now)

    @cached_property
    def tokens(self) -> "Tokens":
        from celeriac.services.tokens import Tokens
        from celeriac.store.token_store import TokenStore

        return Tokens(TokenStore(self.database), self.users)

    def attempts(self, owner: str, slot: Slot) -> Attempts:
        """Runs attempts for the worker `owner`."""
        return Attempts(self.surroundings, self.flows, self.claims, self.publisher, owner, slot)

    def migrate(self) -> None:
        """Brings the database to the newest schema; one process does it, others wait."""
        from celeriac.store.migrate import migrate

        migrate(self.database)

    def canvas(self, flow: Flow) -> Sequence[str]:
        """The canvases that a flow becomes, as lines of text."""
        from celeriac.dispatch.outline import outline

        return outline(flow)

    def close(self) -> None:
        """Closes what was opened."""
        if "live" in self.__dict__:
            self.live.close()
        if "database" in self.__dict__:
            self.database.close()


def build(settings: Settings, publisher: Publisher | None = None, *, gathers: bool = False) -> App:
    """The application of a process. Without a publisher it makes a Celery one for the broker of the settings.

    gathers: hints are sent a few at a time by a thread, for processes that serve many requests at once.
    """
    from celeriac.dispatch.app import make_celery
    from celeriac.dispatch.publisher import CeleryPublisher, GatheringPublisher
    from celeriac.dispatch.queue import queue_of

    if publisher is None:
        celery = CeleryPublisher(make_celery(settings.broker_url, settings.redis_url))
        publisher = GatheringPublisher(celery) if gathers else celery
    return App(settings, publisher, queue_of(settings.broker_url))


def preload(settings: Settings) -> None:
    """Imports what only the making of some part does; connects to nothing and starts no thread."""
    with suppress(ModuleNotFoundError):
        Database(settings.database_url).close()


def shared_variables(settings: Settings) -> Mapping[str, Any]:
    """The variables that every expression sees."""
    return {"envs": settings.envs, "globals": dict(settings.globals)}
