"""The tree of a YAML document: plain values, each with the line and column where it stands (from 1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Loc = tuple[str | int, ...]
Mark = tuple[int, int]


@dataclass(slots=True)
class Node:
    """A scalar, a list of nodes or a mapping {key: node}. `keys` are the marks of a mapping's keys."""

    value: Any
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def get(self, key: str) -> "Node | None":
        """The child of a mapping; None for anything else."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text(self, key: str) -> str | None:
        """The text at a key; None when there is none."""
        child = self.get(key)
        return child.value if child is not None and isinstance(child.value, str) else None

    def set(self, key: str, child: "Node", mark: Mark | None = None) -> None:
        """Puts a child into a mapping; its key stands at `mark`."""
        self.value[key] = child
        self.keys[key] = mark or child.mark

    def drop(self, key: str) -> None:
        """Takes a child out of a mapping."""
        del self.value[key]
        self.keys.pop(key, None)

    def copy(self) -> "Node":
        """A deep copy."""
        if isinstance(self.value, dict):
            return Node({key: child.copy() for key, child in self.value.items()}, self.mark, dict(self.keys))
        if isinstance(self.value, list):
            return Node([child.copy() for child in self.value], self.mark)
        return Node(self.value, self.mark)

    def plain(self, places: dict[int, Loc] | None = None, loc: Loc = ()) -> Any:
        """The value without marks. `places` collects {id of each mapping made: where it stands}."""
        if isinstance(self.value, dict):
            made = {key: child.plain(places, (*loc, key)) for key, child in self.value.items()}
            if places is not None:
                places[id(made)] = loc
            return made
        if isinstance(self.value, list):
            return [child.plain(places, (*loc, index)) for index, child in enumerate(self.value)]
        return self.value

    def walk(self, loc: Loc = ()) -> Iterator[tuple[Loc, "Node"]]:
        """Every node below and this one, parents first."""
        yield loc, self
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                yield from child.walk((*loc, key))
        elif isinstance(self.value, list):
            for index, child in enumerate(self.value):
                yield from child.walk((*loc, index))
