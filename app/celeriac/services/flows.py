"""Registering flows and finding them again, parsed."""

from dataclasses import dataclass
from functools import lru_cache

from celeriac.core.errors import FlowInvalid, FlowNotFound, Problem
from celeriac.core.flow_index import FlowIndex
from celeriac.core.plugin_types import Types
from celeriac.flowfile import ParsedFlow, load, parse
from celeriac.store.flow_store import FlowStore


@dataclass(frozen=True, slots=True)
class RegisteredFlow:
    """A flow that was accepted."""

    namespace: str
    id: str
    revision: int
    source: str
    parsed: ParsedFlow


class Flows:
    """Flows by namespace, id and revision; what is parsed once stays in memory."""

    def __init__(self, store: FlowStore, types: Types, cached: int = 512) -> None:
        self._store = store
        self._types = types
        self._revision = lru_cache(maxsize=cached)(self._load)
        self._unsupported = lru_cache(maxsize=cached)(self._find_unsupported)

    def parse(self, source: str, file: str = "") -> ParsedFlow:
        """What a file says, with all its problems; nothing is stored."""
        return parse(source, self._types, file=file)

    def register(self, source: str, file: str = "") -> RegisteredFlow:
        """Stores the flow as its newest revision. Raises: FlowInvalid."""
        parsed = self.parse(source, file)
        if parsed.flow is None:
            raise FlowInvalid(parsed.problems)
        stored = self._store.save(parsed.flow, source)
        return RegisteredFlow(stored.namespace, stored.id, stored.revision, source, parsed)

    def index(self, namespace: str, flow_id: str, revision: int | None = None) -> FlowIndex:
        """A revision ready to run, None = the newest. Raises: FlowNotFound."""
        if revision is None:
            newest = self._store.get(namespace, flow_id)
            if newest is None:
                raise FlowNotFound(f"Unable to find flow '{namespace}'.'{flow_id}'")
            revision = newest.revision
        return self._revision(namespace, flow_id, revision)

    def unsupported(self, namespace: str, flow_id: str, revision: int) -> tuple[Problem, ...]:
        """What the revision uses of Kestra that this version does not run: a reason not to start it."""
        return self._unsupported(namespace, flow_id, revision)

    def source(self, namespace: str, flow_id: str, revision: int | None = None) -> RegisteredFlow:
        """A revision as written. Raises: FlowNotFound."""
        stored = self._store.get(namespace, flow_id, revision)
        if stored is None:
            raise FlowNotFound(f"Unable to find flow '{namespace}'.'{flow_id}'")
        return RegisteredFlow(stored.namespace, stored.id, stored.revision, stored.source, self.parse(stored.source))

    def _load(self, namespace: str, flow_id: str, revision: int) -> FlowIndex:
        stored = self._store.get(namespace, flow_id, revision)
        if stored is None:
            raise FlowNotFound(f"Flow {namespace}.{flow_id} has no revision {revision}")
        return FlowIndex.of(load(stored.source, self._types), revision)

    def _find_unsupported(self, namespace: str, flow_id: str, revision: int) -> tuple[Problem, ...]:
        stored = self._store.get(namespace, flow_id, revision)
        return () if stored is None else tuple(parse(stored.source, self._types).unsupported)
