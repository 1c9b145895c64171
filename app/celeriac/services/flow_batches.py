"""Operations on many flows at once: all or nothing, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from celeriac.core.errors import FlowInvalid, Problem
from celeriac.core.flow_filter import FlowFilter
from celeriac.flowfile import Document, ParsedFlow, documents, place, set_property
from celeriac.services.flow_validation import moved
from celeriac.services.flows import Flows, RegisteredFlow, changed_by, registered
from celeriac.store.flow_store import Draft, FlowStore, RevisionMoved, StoredFlow

MOST_FLOWS = 1000
Key = tuple[str, str]
"""(namespace, flow id)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the flows of a file belong. namespace: "" = anywhere. with_children: in namespaces below it too."""

    namespace: str = ""
    with_children: bool = False

    def holds(self, namespace: str) -> bool:
        """True when a flow of that namespace belongs there."""
        below = self.with_children and namespace.startswith(f"{self.namespace}.")
        return not self.namespace or namespace == self.namespace or below

    @property
    def filter(self) -> FlowFilter:
        """All flows that belong there."""
        return FlowFilter(namespace=self.namespace, is_exact=not self.with_children)


ANYWHERE = Scope()


class FlowBatches:
    """Many flows at once."""

    def __init__(self, flows: Flows, store: FlowStore) -> None:
        self._flows = flows
        self._store = store

    def save(
        self, texts: Sequence[str], scope: Scope = ANYWHERE, *, removes_others: bool = False, override: bool = False
    ) -> list[RegisteredFlow]:
        """Stores every flow of these files, and tells what was removed too. Raises: FlowInvalid with all problems.

        removes_others: every other flow of the scope is removed. override: the flows are put into the namespace of the
        scope, whatever they say.
        """
        found = [one for text in texts for one in documents(text)]
        if len(found) > MOST_FLOWS:
            raise FlowInvalid([Problem(f"{len(found)} flows at once; at most {MOST_FLOWS:,}", line=1, column=1)])
        if removes_others and not found:
            hint = "to remove all flows, DELETE /flows/delete/by-query"
            raise FlowInvalid(
                [Problem("there is no flow to keep, so all would be removed", line=1, column=1, hint=hint)]
            )
        if override:
            found = [replace(one, text=set_property(one.text, "namespace", scope.namespace)) for one in found]
        parsed = [self._flows.parse(one.text) for one in found]
        problems = [problem for one, of in zip(found, parsed, strict=True) for problem in moved(one, of.problems)]
        problems += _misplaced(found, parsed, scope)
        if problems:
            raise FlowInvalid(problems)
        drafts = [Draft(of.flow, one.text) for one, of in zip(found, parsed, strict=True) if of.flow is not None]
        return self._told(drafts, parsed, scope.filter if removes_others else None)

    def delete(self, keys: Sequence[Key]) -> int:
        """Removes flows; returns how many there were."""
        gone = self._store.delete_all(keys)
        for one in gone:
            self._flows.changed(one.namespace, one.id)
        return len(gone)

    def set_disabled(self, keys: Sequence[Key], *, is_disabled: bool) -> int:
        """Writes `disabled` into the text of each flow; returns how many were changed. Unknown flows are passed over.

        Raises: FlowInvalid when a flow is no longer valid, FlowChanged when somebody saves one meanwhile.
        """
        drafts, parsed = [], []
        for stored in filter(None, (self._store.get(*key) for key in dict.fromkeys(keys))):
            before = self._flows.parse(stored.source)
            if before.flow is not None and before.flow.disabled is is_disabled:
                continue
            source = set_property(stored.source, "disabled", "true" if is_disabled else "false")
            after = self._flows.parse(source)
            if after.flow is None:
                raise FlowInvalid([replace(one, file=f"{stored.namespace}.{stored.id}") for one in after.problems])
            drafts.append(Draft(after.flow, source, stored.revision))
            parsed.append(after)
        return len(self._told(drafts, parsed))

    def sources(self, keys: Sequence[Key]) -> list[StoredFlow]:
        """The flows as written; unknown ones are passed over."""
        return [one for one in (self._store.get(*key) for key in dict.fromkeys(keys)) if one is not None]

    def _told(
        self, drafts: Sequence[Draft], parsed: Sequence[ParsedFlow], others: FlowFilter | None = None
    ) -> list[RegisteredFlow]:
        """Saves, then tells whoever wants to know."""
        try:
            stored = self._store.save_all(drafts, others)
        except RevisionMoved as error:
            newest = error.newest
            raise changed_by(error, newest.namespace if newest else "", newest.id if newest else "") from error
        for one in stored:
            self._flows.changed(one.namespace, one.id)
        nothing = [ParsedFlow(None)] * (len(stored) - len(parsed))
        return [registered(one, of) for one, of in zip(stored, [*parsed, *nothing], strict=True)]


def _misplaced(found: Sequence[Document], parsed: Sequence[ParsedFlow], scope: Scope) -> Iterator[Problem]:
    """Flows that belong elsewhere, or come twice."""
    seen: set[Key] = set()
    for one, flow in ((one, of.flow) for one, of in zip(found, parsed, strict=True)):
        if flow is None:
            continue
        if not scope.holds(flow.namespace):
            yield _at(one, "namespace", f"the flow is of `{flow.namespace}`, not of `{scope.namespace}`")
        if (flow.namespace, flow.id) in seen:
            yield _at(one, "id", f"the flow {flow.namespace}.{flow.id} stands here twice")
        seen.add((flow.namespace, flow.id))


def _at(document: Document, key: str, message: str) -> Problem:
    line, column = place(document.text, key)
    return Problem(message, key, line + document.line - 1, column)
