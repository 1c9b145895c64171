"""The events of one YAML document → its tree. Nothing is built recursively, so no text can exhaust the stack."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from celeriac.core.errors import Problem
from celeriac.flowfile.marks import find
from celeriac.flowfile.nodes import Loc, Mark, Node
from celeriac.flowfile.scalars import NotReadable, read_scalar, read_tagged

DEEPEST = 100
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")


class TooDeep(Exception):
    """The document is nested deeper than anybody writes by hand."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a place, before the whole tree is there."""

    message: str
    mark: Mark
    loc: Loc

    def on(self, root: Node | None) -> Problem:
        """With the path as people read it."""
        path = find(root, self.loc).path if root is not None else ""
        return Problem(self.message, path=path, line=self.mark[0], column=self.mark[1])


class Builder:
    """Puts the nodes of one document together from its events."""

    def __init__(self) -> None:
        self.problems: list[Remark] = []
        self.warnings: list[Remark] = []
        self._open: list[tuple[Node, list[tuple[str, Mark]]]] = []
        self._loc: list[str | int] = []
        self._root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        """The root; None when there is no document. Raises: TooDeep."""
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._start(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._open.pop()
                self._loc = self._loc[:-1]
        return self._root

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = mark_of(event)
        if len(self._open) >= DEEPEST:
            raise TooDeep(mark)
        node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], mark)
        part = self._part()
        if self._awaits_key():
            self.problems.append(Remark("a key must be a text, not a list or a mapping", mark, tuple(self._loc)))
            self._open[-1][1].append(("?", mark))
        else:
            self._add(node)
        if self._open:
            self._loc.append(part)
        self._open.append((node, []))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = mark_of(event)
        if self._awaits_key():
            self._open[-1][1].append((event.value, mark))
            return
        self._add(Node(self._value(event, mark), mark))

    def _value(self, event: yaml.ScalarEvent, mark: Mark) -> object:
        try:
            if event.tag not in _TEXT_TAGS:
                return read_tagged(event.value, event.tag)
            if not event.implicit[0] or event.tag == _TEXT_TAGS[2]:
                return event.value
            value, surprise = read_scalar(event.value)
        except NotReadable as error:
            self.problems.append(Remark(str(error), mark, (*self._loc, self._part())))
            return event.value
        if surprise:
            self.warnings.append(Remark(surprise, mark, (*self._loc, self._part())))
        return value

    def _alias(self, event: yaml.AliasEvent) -> None:
        mark, name = mark_of(event), event.anchor or ""
        text = f"`*{name}` is read as the text `{name}`: anchors are not resolved; write the value out"
        self.warnings.append(Remark(text, mark, (*self._loc, self._part())))
        if self._awaits_key():
            self._open[-1][1].append((name, mark))
        else:
            self._add(Node(name, mark))

    def _part(self) -> str | int:
        """The key or the index of what comes next in the open list or mapping."""
        if not self._open:
            return ""
        parent, pending = self._open[-1]
        return len(parent.value) if parent.is_list else pending[-1][0] if pending else ""

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1][0].is_mapping and not self._open[-1][1]

    def _add(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent, pending = self._open[-1]
        if parent.is_list:
            parent.value.append(node)
            return
        key, mark = pending.pop()
        if key in parent.value:
            message = f"Duplicate field '{key}'; it is first given in line {parent.keys[key][0]}"
            self.problems.append(Remark(message, mark, (*self._loc, key)))
            return
        parent.set(key, node, mark)


def mark_of(event: yaml.Event) -> Mark:
    """Where an event starts, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
