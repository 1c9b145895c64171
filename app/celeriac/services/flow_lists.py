"""Lists of flows, for the API and the pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from celeriac.core.errors import FlowNotFound
from celeriac.core.flow_filter import FlowFilter
from celeriac.core.page import Page
from celeriac.store.flow_list_store import FlowListStore, FlowRow
from celeriac.store.flow_store import StoredFlow

MOST_REVISIONS = 1000
MOST_LINES = 20
CUT = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a source that holds what was looked for. line: from 1; start, end: in `text`, from 0."""

    line: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceHit:
    """A flow whose source holds what was looked for, with its first matching lines."""

    stored: StoredFlow
    matches: tuple[Match, ...]


class FlowLists:
    """Reads only; asks the database for no more than a page."""

    def __init__(self, store: FlowListStore) -> None:
        self._store = store

    def search(
        self,
        q: str = "",
        namespace: str = "",
        labels: Mapping[str, str] | None = None,
        page: int = 1,
        size: int = 25,
        *,
        sort: tuple[tuple[str, bool], ...] = (),
        is_exact: bool = False,
    ) -> Page[FlowRow]:
        """The living flows, as FlowFilter says."""
        wanted = tuple((labels or {}).items())
        return self.find(FlowFilter(q, namespace, is_exact, wanted, sort, page, size))

    def find(self, asked: FlowFilter) -> Page[FlowRow]:
        """The living flows of a filter."""
        return self._store.search(asked)

    def sources(self, page: Page[FlowRow]) -> Page[StoredFlow]:
        """The same page, as written."""
        return Page(self._store.sources(page.results), page.total, page.total_capped, page.cursor)

    def source_search(self, q: str, namespace: str = "", page: int = 1, size: int = 25) -> Page[SourceHit]:
        """Flows whose source holds a text, in any case."""
        found = self._store.source_search(q, FlowFilter(namespace=namespace, page=page, size=size))
        return found.map(lambda stored: SourceHit(stored, _matches(stored.source, q)))

    def namespaces(self, q: str = "") -> list[str]:
        """The namespaces that have flows, in order."""
        return self._store.namespaces(q)

    def revisions(self, namespace: str, flow_id: str) -> list[StoredFlow]:
        """The revisions of a flow, oldest first, the newest 1,000. Raises: FlowNotFound."""
        found = self._store.revisions(namespace, flow_id, MOST_REVISIONS)
        if not found:
            raise FlowNotFound(f"Unable to find flow '{namespace}'.'{flow_id}'")
        return found


def _matches(source: str, q: str) -> tuple[Match, ...]:
    found = []
    wanted = q.lower()
    for number, line in enumerate(source.splitlines(), 1):
        start = line.lower().find(wanted)
        if start < 0:
            continue
        left = max(0, start - CUT // 2)
        found.append(Match(number, line[left : left + CUT], start - left, start - left + len(q)))
        if len(found) == MOST_LINES:
            break
    return tuple(found)
