"""Which executions somebody asks for, as a value: lists, counts and operations on many use the same."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from celeriac.core.state import State

LARGEST_WINDOW = 10_000
"""Pages end here, and totals are exact up to here; beyond, a list goes on by its cursor."""
SORTS = ("id", "namespace", "flowId", "state.current", "state.startDate", "state.endDate", "state.duration")
_ID_PREFIX = re.compile(r"[0-9A-Za-z]{6,22}")


class ChildFilter(StrEnum):
    """MAIN: executions that no task has started. CHILD: the others."""

    MAIN = "MAIN"
    CHILD = "CHILD"


class Scope(StrEnum):
    """SYSTEM: of flows in the namespace `system`. USER: of all others."""

    USER = "USER"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """What is not given does not restrict.

    q: the first 6 or more characters of an id, or a part of a flow's id (with a dot: of `namespace.id`).
    namespace: with those below it, unless `is_exact`. start, end: of creation, both included.
    sort: ((one of SORTS, is descending), …); empty = newest first. page: from 1. cursor: the one of the page before.
    """

    q: str = ""
    namespace: str = ""
    is_exact: bool = False
    flow_id: str = ""
    states: tuple[State, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    child_filter: ChildFilter | None = None
    scope: Scope | None = None
    trigger_execution_id: str = ""
    sort: tuple[tuple[str, bool], ...] = ()
    page: int = 1
    size: int = 25
    cursor: str = ""

    @property
    def is_newest_first(self) -> bool:
        """False when the oldest come first."""
        return not self.sort or self.sort[0][1]

    @property
    def is_by_time(self) -> bool:
        """True when the order is that of creation, which is that of ids."""
        return not self.sort or self.sort[0][0] in ("id", "state.startDate")

    @property
    def id_prefix(self) -> str:
        """The beginning of an id that `q` may be, or nothing."""
        return self.q if _ID_PREFIX.fullmatch(self.q) else ""
