"""Lists of executions for API, CLI and dashboard: pages, counts, strips and histograms. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from celeriac.core.errors import Refused
from celeriac.core.execution_filter import LARGEST_WINDOW, ExecutionFilter
from celeriac.core.page import Page
from celeriac.core.state import State
from celeriac.services.views import Document, Views
from celeriac.store.list_store import ListStore, RunSummary

__all__ = ["OPEN", "Bar", "ExecutionFilter", "Listing", "RunSummary"]

OPEN = tuple(state for state in State if not state.is_terminal and state.shown == state.value)
"""States of executions that go on."""
EVERYTHING = ExecutionFilter()
MOST_AT_ONCE = 10_000
"""Executions that one operation on many deals with."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval of a histogram: {state: executions created in it}."""

    start: datetime
    counts: dict[State, int]


class Listing:
    """Reads many executions."""

    def __init__(self, store: ListStore, views: Views) -> None:
        self._store = store
        self._views = views

    def search(self, asked: ExecutionFilter) -> Page[Document]:
        """A page of executions without their task runs. Raises: Refused for a page beyond LARGEST_WINDOW."""
        if asked.page * asked.size > LARGEST_WINDOW and not asked.cursor:
            raise Refused(f"Pages end at execution {LARGEST_WINDOW:,}; go on with `cursor` instead of `page`")
        if asked.cursor and not asked.is_by_time:
            raise Refused("`cursor` goes with the order of time only: sort by state.startDate or id")
        found = self._store.page(asked)
        has_more = asked.is_by_time and len(found.executions) == asked.size
        return Page(
            self._views.headers(found.executions),
            min(found.total, LARGEST_WINDOW),
            found.total > LARGEST_WINDOW,
            found.executions[-1].id if has_more else None,
        )

    def ids(self, asked: ExecutionFilter) -> list[str]:
        """Every execution that the filter finds, newest first. Raises: Refused for more than MOST_AT_ONCE."""
        found = self._store.ids(replace(asked, cursor="", page=1), MOST_AT_ONCE + 1)
        if len(found) > MOST_AT_ONCE:
            raise Refused(f"The filter finds more than {MOST_AT_ONCE:,} executions; narrow it, for instance by time")
        return found

    def counts(self, asked: ExecutionFilter, states: Iterable[State] = tuple(State)) -> dict[State, int]:
        """{state: executions in it}, each counted up to LARGEST_WINDOW; states without any are left out."""
        every = ((state, self._store.count(replace(asked, states=(state,)), LARGEST_WINDOW)) for state in states)
        return {state: count for state, count in every if count}

    def running(self, limit: int = 20) -> Page[Document]:
        """The newest executions that have not ended."""
        return self.search(ExecutionFilter(states=OPEN, size=limit))

    def last_runs(self, flows: Sequence[tuple[str, str]], n: int = 14) -> dict[tuple[str, str], list[RunSummary]]:
        """{(namespace, flow id): its newest executions, oldest first}."""
        return self._store.last_runs(flows, n)

    def per_hour(
        self, start: datetime, end: datetime, asked: ExecutionFilter = EVERYTHING, step_s: int = 3600
    ) -> list[Bar]:
        """The executions created between two times, in intervals of `step_s` seconds, by state; 500 bars at most."""
        step = max(timedelta(seconds=step_s), (end - start) / 500)
        starts = [start + step * number for number in range(max(1, -((start - end) // step)))]
        bounds = [*starts, end] if starts[-1] < end else [*starts, starts[-1] + step]
        counted = self._store.histogram(
            replace(asked, start=start, end=end, cursor=""), [int(one.timestamp() * 1000) for one in bounds]
        )
        bars = [Bar(one, {}) for one in starts]
        for (number, state), count in counted.items():
            bars[number].counts[state] = count
        return bars
