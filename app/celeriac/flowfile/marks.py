"""Finds the place in the file, and its name for people, of a path of keys and indexes."""

from dataclasses import dataclass

from celeriac.flowfile.nodes import Loc, Mark, Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: its mark, its shown form, the node there and the part of the path that exists."""

    mark: Mark
    path: str
    node: Node
    loc: Loc


def find(root: Node, loc: Loc, missing: str = "") -> Place:
    """Walks down `loc`; what is not there is left out, as pydantic names union members and models in between.

    `missing` is a key that is absent and shown at the end of the path.
    """
    node, mark, shown = root, root.mark, ""
    walked: list[str | int] = []
    for part in loc:
        if isinstance(part, int):
            if node.is_list and 0 <= part < len(node.value):
                node = node.value[part]
                mark = node.mark
                shown += f"[{_name(node, part)}]"
                walked.append(part)
        elif (child := node.get(part)) is not None:
            mark, node = node.keys.get(part, child.mark), child
            shown += f".{part}" if shown else part
            walked.append(part)
    if missing:
        shown += f".{missing}" if shown else missing
    return Place(mark, shown, node, tuple(walked))


def _name(item: Node, index: int) -> str:
    """The id of a list's item, or its index."""
    wrapped = item.get("task")
    name = item.get("id") or (wrapped.get("id") if wrapped is not None else None)
    if name is None or name.is_mapping or name.is_list or name.value in (None, ""):
        return str(index)
    return str(name.value)
