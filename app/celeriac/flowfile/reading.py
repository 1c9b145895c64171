"""YAML text → nodes with marks, by way of libyaml's events. Knows nothing of flows.

Aliases and merge keys are not resolved, further documents are passed over, as the engines do. Nothing is built
recursively, so no text can exhaust the stack.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import yaml

from celeriac.core.errors import Problem
from celeriac.flowfile.nodes import Mark, Node
from celeriac.flowfile.scalars import NotReadable, read_scalar, read_tagged

LARGEST_BYTES = 5_000_000
DEEPEST = 100
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")


@dataclass
class Reading:
    """What a text holds: the root of its first document (None = none), what is wrong and what surprises."""

    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


class _TooDeep(Exception):
    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark


def read(text: str) -> Reading:
    """Reads one document; never raises for what the text holds."""
    reading = Reading()
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        return _refused(reading, f"the text is not valid Unicode (character {error.start + 1})", (1, 1))
    if size > LARGEST_BYTES:
        limit = LARGEST_BYTES // 1_000_000
        return _refused(reading, f"the file is too large: {size:,} bytes; a flow has at most {limit} MB", (1, 1))
    loader = yaml.CSafeLoader(text.removeprefix("\ufeff"))
    try:
        reading.root = _Builder(reading).build(_events(loader))
        _look_for_more(loader, reading)
    except _TooDeep as error:
        _refused(reading, f"nested deeper than {DEEPEST} levels", error.mark)
    except yaml.reader.ReaderError as error:
        _refused(
            reading, f"a character that YAML does not allow: {_character(error)}", _mark_of_byte(text, error.position)
        )
    except yaml.MarkedYAMLError as error:
        _syntax(reading, error)
    finally:
        loader.dispose()
    return reading


def _events(loader: "yaml.CSafeLoader") -> Iterator[yaml.Event]:
    while not loader.check_event(yaml.StreamEndEvent):
        event = cast(yaml.Event, loader.get_event())
        yield event
        if isinstance(event, yaml.DocumentEndEvent):
            return


def _look_for_more(loader: "yaml.CSafeLoader", reading: Reading) -> None:
    try:
        if loader.check_event(yaml.DocumentStartEvent):
            mark = _mark(cast(yaml.Event, loader.get_event()))
            reading.warnings.append(_problem("only the first document of a file is read; the rest is ignored", mark))
    except yaml.YAMLError:
        return


class _Builder:
    """Puts the nodes of one document together from its events."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._open: list[tuple[Node, list[tuple[str, Mark]]]] = []
        self._root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._start(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._open.pop()
        return self._root

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = _mark(event)
        if len(self._open) >= DEEPEST:
            raise _TooDeep(mark)
        node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], mark)
        if self._awaits_key():
            self._reading.problems.append(_problem("a key must be a text, not a list or a mapping", mark))
            self._open[-1][1].append(("?", mark))
        else:
            self._add(node)
        self._open.append((node, []))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = _mark(event)
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
            self._reading.problems.append(_problem(str(error), mark))
            return event.value
        if surprise:
            self._reading.warnings.append(_problem(surprise, mark))
        return value

    def _alias(self, event: yaml.AliasEvent) -> None:
        mark, name = _mark(event), event.anchor or ""
        text = f"`*{name}` is read as the text `{name}`: anchors are not resolved; write the value out"
        self._reading.warnings.append(_problem(text, mark))
        if self._awaits_key():
            self._open[-1][1].append((name, mark))
        else:
            self._add(Node(name, mark))

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
            first = parent.keys[key][0]
            self._reading.problems.append(
                _problem(f"Duplicate field '{key}'; it is first given in line {first}", mark, key)
            )
            return
        parent.set(key, node, mark)


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


def _problem(message: str, mark: Mark, path: str = "", hint: str = "") -> Problem:
    return Problem(message, path=path, line=mark[0], column=mark[1], hint=hint)


def _refused(reading: Reading, message: str, mark: Mark) -> Reading:
    reading.root = None
    reading.problems = [_problem(message, mark)]
    return reading


def _syntax(reading: Reading, error: yaml.MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = (error.problem or str(error)).strip()
    context = f", {error.context}" if error.context else ""
    reading.root = None
    reading.problems = [_problem(f"YAML syntax: {problem}{context}", place, hint=_advice(problem))]


def _advice(problem: str) -> str:
    if "tab" in problem or "cannot start any token" in problem:
        return "indent with spaces, and put a text that starts with a special character in quotes"
    if "mapping values are not allowed" in problem:
        return "put a text that holds `: ` in quotes, or check the indentation"
    if "block" in problem or "did not find expected key" in problem:
        return "check the indentation"
    return ""


def _character(error: yaml.reader.ReaderError) -> str:
    code = error.character
    return f"code {code:#x}" if isinstance(code, int) else repr(code)


def _mark_of_byte(text: str, position: int) -> Mark:
    before = text.encode()[: max(position, 0)].decode(errors="ignore")
    return before.count("\n") + 1, len(before) - before.rfind("\n")
