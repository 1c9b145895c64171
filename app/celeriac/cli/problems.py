"""Problems as people read them, and as JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

import click

from celeriac.core.errors import Problem


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem of the JSON documents."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
    }


def refusal_json(state: str, problems: Iterable[Problem]) -> dict[str, Any]:
    """The document of an execution that was not started. state: INVALID or REJECTED."""
    return {"state": {"current": state}, "problems": [problem_json(problem) for problem in problems]}


def tell(problems: Sequence[Problem], kind: str = "") -> None:
    """Prints problems to stderr, one a line. kind: what they are, when not errors."""
    colours = {"": "red", "warning": "yellow", "notice": "cyan"}
    for problem in problems:
        place, text = split_place(problem)
        prefix = click.style(f"{kind}: ", fg=colours.get(kind)) if kind else ""
        click.echo(f"{click.style(place, bold=True)}{prefix}{text}", err=True)


def split_place(problem: Problem) -> tuple[str, str]:
    """(`file:line:column: ` or what is known of it, the rest)."""
    place = f"{problem.file}:" if problem.file else ""
    place += f"{problem.line}:{problem.column}:" if problem.line else ""
    path = f"{problem.path}: " if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{place} " if place else "", f"{path}{problem.message}{hint}"
