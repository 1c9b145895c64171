"""Which flows somebody asks for, as a value."""

from dataclasses import dataclass

SORTS = ("namespace", "id", "revision", "updated", "disabled", "description")


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """What is not given does not restrict.

    q: a part of the id, the namespace or the description, in any case; several words must all be there.
    namespace: with those below it, unless `is_exact`. sort: ((one of SORTS, is descending), …); empty = by namespace
    and id. page: from 1.
    """

    q: str = ""
    namespace: str = ""
    is_exact: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    page: int = 1
    size: int = 25

    @property
    def offset(self) -> int:
        """How many come before the page."""
        return (self.page - 1) * self.size
