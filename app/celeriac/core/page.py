"""A part of a list, as every search answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """total: of all that was found; at least so many when total_capped. cursor: of the next page, None = the end."""

    results: Sequence[Item]
    total: int
    total_capped: bool = False
    cursor: str | None = None

    def map(self, change: "Callable[[Item], Other]") -> "Page[Other]":
        """The same part with every result changed."""
        return Page([change(one) for one in self.results], self.total, self.total_capped, self.cursor)
