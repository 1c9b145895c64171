"""YAML text → nodes with marks, by way of libyaml's events. Knows nothing of flows.

Aliases and merge keys are not resolved, further documents are passed over, as the engines do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import yaml

from celeriac.core.errors import Problem
from celeriac.flowfile.building import DEEPEST, Builder, TooDeep, mark_of
from celeriac.flowfile.nodes import Mark, Node

LARGEST_BYTES = 5_000_000


@dataclass
class Reading:
    """What a text holds: the root of its first document (None = none), what is wrong and what surprises."""

    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


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
        builder = Builder()
        reading.root = root = builder.build(_events(loader))
        reading.problems = [remark.on(root) for remark in builder.problems]
        reading.warnings = [remark.on(root) for remark in builder.warnings]
        _look_for_more(loader, reading)
    except TooDeep as error:
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
            mark = mark_of(cast(yaml.Event, loader.get_event()))
            reading.warnings.append(_problem("only the first document of a file is read; the rest is ignored", mark))
    except yaml.YAMLError:
        return


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
