"""Registering flows and finding them again, parsed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from celeriac.core.errors import FlowChanged, FlowInvalid, FlowNotFound, Problem
from celeriac.core.flow_index import FlowIndex
from celeriac.core.plugin_types import Types
from celeriac.flowfile import Document, ParsedFlow, documents, load, parse, place
from celeriac.services.flow_validation import Verdict, verdict
from celeriac.store.flow_store import FlowStore, RevisionMoved, StoredFlow


@dataclass(frozen=True, slots=True)
class RegisteredFlow:
    """A flow that was accepted. is_deletion: this revision removed it."""

    namespace: str
    id: str
    revision: int
    source: str
    parsed: ParsedFlow
    created_us: int = 0
    is_deletion: bool = False


Changed = Callable[[str, str], None]
"""changed(namespace, flow id): a hint after a commit, which may be lost and may come twice."""


class Flows:
    """Flows by namespace, id and revision; what is parsed once stays in memory."""

    def __init__(
        self, store: FlowStore, types: Types, changed: Changed = lambda namespace, flow_id: None, cached: int = 512
    ) -> None:
        self.store = store
        self.changed = changed
        self._types = types
        self._revision = lru_cache(maxsize=cached)(self._load)
        self._said = lru_cache(maxsize=cached)(self._find_said)

    def parse(self, source: str, file: str = "") -> ParsedFlow:
        """What a file says, with all its problems; nothing is stored."""
        return parse(source, self._types, file=file)

    def validate(self, text: str) -> list[Verdict]:
        """What is to be said about each document of a file; nothing is stored."""
        found = documents(text) or [Document(text)]
        return [verdict(i, one, self.parse(one.text), self._newest_revision) for i, one in enumerate(found)]

    def register(self, source: str, file: str = "", *, expected: int | None = None) -> RegisteredFlow:
        """Stores the flow as its newest revision, unless that has the same source.

        expected: the revision that must still be the newest, 0 = the flow must not exist, None = whatever is there.
        Raises: FlowInvalid, FlowChanged.
        """
        parsed = self.parse(source, file)
        if parsed.flow is None:
            raise FlowInvalid(parsed.problems)
        try:
            stored = self.store.save(parsed.flow, source, expected=expected)
        except RevisionMoved as error:
            raise changed_by(error, parsed.flow.namespace, parsed.flow.id) from error
        self.changed(stored.namespace, stored.id)
        return registered(stored, parsed)

    def create(self, source: str) -> RegisteredFlow:
        """Stores a flow that does not exist yet. Raises: FlowInvalid when it does too."""
        try:
            return self.register(source, expected=0)
        except FlowChanged as error:
            hint = "send it with PUT to /flows/{namespace}/{id}, or give it another id"
            raise FlowInvalid([_at(source, "id", "Flow id already exists", hint)]) from error

    def update(self, namespace: str, flow_id: str, source: str, *, expected: int | None = None) -> RegisteredFlow:
        """Stores a new revision of a flow that exists. Raises: FlowInvalid, FlowNotFound, FlowChanged."""
        if self.store.get(namespace, flow_id) is None:
            raise not_found(namespace, flow_id)
        parsed = self.parse(source)
        if parsed.flow is None:
            raise FlowInvalid(parsed.problems)
        problems = [
            _at(source, name, f"Illegal {name} update: the flow is `{there}`, a copy is a new flow")
            for name, there, here in (("id", flow_id, parsed.flow.id), ("namespace", namespace, parsed.flow.namespace))
            if there != here
        ]
        if problems:
            raise FlowInvalid(problems)
        return self.register(source, expected=expected)

    def delete(self, namespace: str, flow_id: str) -> RegisteredFlow:
        """Removes a flow; its revisions and executions stay. Raises: FlowNotFound."""
        gone = self.store.delete(namespace, flow_id)
        if gone is None:
            raise not_found(namespace, flow_id)
        self.changed(namespace, flow_id)
        return registered(gone, ParsedFlow(None))

    def index(self, namespace: str, flow_id: str, revision: int | None = None) -> FlowIndex:
        """A revision ready to run, None = the newest. Raises: FlowNotFound."""
        if revision is None:
            newest = self.store.get(namespace, flow_id)
            if newest is None:
                raise not_found(namespace, flow_id)
            revision = newest.revision
        return self._revision(namespace, flow_id, revision)

    def unsupported(self, namespace: str, flow_id: str, revision: int) -> tuple[Problem, ...]:
        """What the revision uses of Kestra that this version does not run: a reason not to start it."""
        return self._said(namespace, flow_id, revision)[1]

    def problems(self, namespace: str, flow_id: str, revision: int) -> tuple[Problem, ...]:
        """Why the revision would not be accepted now, though it once was: by an older version, say."""
        return self._said(namespace, flow_id, revision)[0]

    def source(self, namespace: str, flow_id: str, revision: int | None = None) -> RegisteredFlow:
        """A revision as written. Raises: FlowNotFound."""
        stored = self.store.get(namespace, flow_id, revision)
        if stored is None:
            raise not_found(namespace, flow_id, revision)
        return registered(stored, self.parse(stored.source))

    def stored(
        self, namespace: str, flow_id: str, revision: int | None = None, *, allows_deleted: bool = False
    ) -> StoredFlow:
        """A revision as written, None = the newest. Raises: FlowNotFound, for one that removed the flow too."""
        found = self.store.find(namespace, flow_id, revision)
        if found is None or (found.is_deletion and not allows_deleted):
            raise not_found(namespace, flow_id, revision)
        return found

    def _newest_revision(self, namespace: str, flow_id: str) -> int:
        newest = self.store.get(namespace, flow_id)
        return newest.revision if newest else 0

    def _load(self, namespace: str, flow_id: str, revision: int) -> FlowIndex:
        stored = self.store.get(namespace, flow_id, revision)
        if stored is None:
            raise not_found(namespace, flow_id, revision)
        return FlowIndex.of(load(stored.source, self._types), revision)

    def _find_said(
        self, namespace: str, flow_id: str, revision: int
    ) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        stored = self.store.get(namespace, flow_id, revision)
        if stored is None:
            return (), ()
        parsed = parse(stored.source, self._types)
        return tuple(parsed.problems), tuple(parsed.unsupported)


def registered(stored: StoredFlow, parsed: ParsedFlow) -> RegisteredFlow:
    """What was stored, with what it says."""
    return RegisteredFlow(
        stored.namespace, stored.id, stored.revision, stored.source, parsed, stored.created_us, stored.is_deletion
    )


def changed_by(error: RevisionMoved, namespace: str, flow_id: str) -> FlowChanged:
    """The fact behind a save that came too late."""
    newest = error.newest
    return FlowChanged(namespace, flow_id, newest.revision if newest else 0, newest.source if newest else "")


def not_found(namespace: str, flow_id: str, revision: int | None = None) -> FlowNotFound:
    """The error to raise."""
    if revision is not None:
        return FlowNotFound(f"Flow {namespace}.{flow_id} has no revision {revision}")
    return FlowNotFound(f"Unable to find flow '{namespace}'.'{flow_id}'")


def _at(source: str, key: str, message: str, hint: str = "") -> Problem:
    line, column = place(source, key)
    return Problem(message, key, line, column, hint)
