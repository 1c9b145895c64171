"""Which triggers somebody asks for, as a value."""

from dataclasses import dataclass

SORTS = ("namespace", "flow_id", "trigger_id", "next_us", "last_us", "updated_us")


@dataclass(frozen=True, slots=True)
class TriggerFilter:
    """What is not given does not restrict.

    q: a part of the namespace, the flow id or the trigger id, in any case. namespace: with those below it, unless
    `is_exact`. sort: ((one of SORTS, is descending), …); empty = by namespace, flow and id. page: from 1.
    """

    q: str = ""
    namespace: str = ""
    is_exact: bool = False
    flow_id: str = ""
    trigger_id: str = ""
    sort: tuple[tuple[str, bool], ...] = ()
    page: int = 1
    size: int = 25
