"""`celeriac validate PATH…`: every problem of every flow file, with its place and what to do."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from celeriac.cli.document import print_json
from celeriac.cli.exits import Exit
from celeriac.cli.flow_folder import FlowText, flow_files, flow_texts, read_flow, same_id_problems
from celeriac.cli.ports import Parsed
from celeriac.cli.problems import problem_json, tell
from celeriac.core.errors import FlowInvalid, Problem


def validate(parse: Callable[[str, str], Parsed], paths: Sequence[Path], *, json_wanted: bool) -> Exit:
    """Checks files, and the flows in folders; what is not built yet is a notice, not a problem.

    parse: (text, file name) → what it says.
    """
    texts, problems = _texts(paths)
    parsed: list[Parsed] = [parse(text.source, str(text.path)) for text in texts]
    problems += [problem for found in parsed for problem in found.problems]
    problems += same_id_problems(_keyed(texts, parsed))
    notices = [notice for found in parsed for notice in found.unsupported]
    warnings = [warning for found in parsed for warning in found.warnings]
    files = len({problem.file for problem in problems} | {str(text.path) for text in texts})
    if json_wanted:
        document = {
            "files": files,
            "problems": [problem_json(problem) for problem in problems],
            "notices": [problem_json(notice) for notice in notices],
            "warnings": [problem_json(warning) for warning in warnings],
        }
        print_json(document, sys.stdout.buffer)
    else:
        tell(problems)
        tell(warnings, "warning")
        tell(notices, "notice")
        click.echo(f"{_counted(files, 'file')}: {_counted(len(problems), 'problem') if problems else 'no problems'}")
    return Exit.INVALID if problems else Exit.OK


def _texts(paths: Sequence[Path]) -> tuple[list[FlowText], list[Problem]]:
    """A file that is named is read whatever it holds; in folders only what is meant to be a flow."""
    texts: dict[Path, FlowText] = {}
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            found = flow_texts(flow_files(path, deep=True))
        else:
            try:
                found = flow_texts([path]) or [FlowText(path, read_flow(path), None)]
            except FlowInvalid as error:
                problems += error.problems
                continue
        texts |= {text.path.resolve(): text for text in found}
    return list(texts.values()), problems


def _keyed(texts: Sequence[FlowText], parsed: Sequence[Parsed]) -> list[FlowText]:
    """The texts of valid flows, with the ids as they were parsed."""
    return [
        FlowText(text.path, "", (found.flow.namespace, found.flow.id))
        for text, found in zip(texts, parsed, strict=True)
        if found.flow is not None
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
