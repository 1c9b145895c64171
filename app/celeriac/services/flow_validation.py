"""What is wrong with flow files, for editors, the command and CI: the same objects everywhere."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from celeriac.core.errors import Problem
from celeriac.flowfile import Document, ParsedFlow, plain

_TOKEN = re.compile(r"""'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*"|[^\s,:\[\]{}]+""")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something to say about a place. Lines and columns count from 1; the end is behind the last character.

    severity: error, warning or info. code: syntax, invalid, unsupported, or surprise.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    severity: str
    code: str
    message: str
    path: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said about one document of a file. index: which one, from 0. namespace, flow: as written, None =
    not to be read. is_outdated: its `revision` is older than the stored one."""

    index: int
    namespace: str | None
    flow: str | None
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    is_outdated: bool = False

    @property
    def is_valid(self) -> bool:
        """True when it may be stored."""
        return not any(one.severity == "error" for one in self.diagnostics)

    def texts(self, severity: str) -> list[str]:
        """The messages of a severity, with their places."""
        return [f"{one.line}:{one.column} {_told(one)}" for one in self.diagnostics if one.severity == severity]


def verdict(index: int, document: Document, parsed: ParsedFlow, newest: Callable[[str, str], int]) -> Verdict:
    """The verdict on a document, with places of the whole file. newest(namespace, flow id): the stored revision."""
    data = plain(document.text)
    written = data if isinstance(data, dict) else {}
    namespace, flow, revision = _name(written.get("namespace")), _name(written.get("id")), written.get("revision")
    diagnostics = sorted(_diagnostics(document, parsed), key=lambda one: (one.line, one.column, one.severity))
    is_outdated = (
        namespace is not None and flow is not None and isinstance(revision, int) and revision < newest(namespace, flow)
    )
    return Verdict(index, namespace, flow, tuple(diagnostics), is_outdated)


def moved(document: Document, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of a document with the lines of its file."""
    return [replace(one, line=one.line + document.line - 1) if one.line else one for one in problems]


def _diagnostics(document: Document, parsed: ParsedFlow) -> Iterator[Diagnostic]:
    lines = document.text.splitlines()
    for problems, severity, code in (
        (parsed.problems, "error", "invalid"),
        (parsed.unsupported, "warning", "unsupported"),
        (parsed.warnings, "warning", "surprise"),
    ):
        for one in problems:
            line, column = max(one.line, 1), max(one.column, 1)
            shown = lines[line - 1] if line <= len(lines) else ""
            token = _TOKEN.match(shown, column - 1)
            yield Diagnostic(
                line + document.line - 1,
                column,
                line + document.line - 1,
                token.end() + 1 if token else column + 1,
                severity,
                "syntax" if one.message.startswith("YAML syntax") else code,
                one.message,
                one.path,
                one.hint,
            )


def _told(one: Diagnostic) -> str:
    return f"{one.path}: {one.message}" if one.path else one.message


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) else None
