"""YAML text → Flow."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from celeriac.core.errors import FlowInvalid, Problem
from celeriac.core.flow import Flow
from celeriac.core.flow_rules import Finding, check_flow, check_references, surprises
from celeriac.core.plugin_types import PREFIX, Types
from celeriac.flowfile.defaults import merge_defaults
from celeriac.flowfile.lenient import read_leniently
from celeriac.flowfile.marks import find
from celeriac.flowfile.nodes import Node
from celeriac.flowfile.reading import read
from celeriac.flowfile.strict import check


@dataclass(frozen=True, slots=True)
class ParsedFlow:
    """What a file holds.

    flow: None when there are problems. unsupported: what is known in Kestra and not built here; a flow that has some
    may be kept and shown, not started. warnings: what is read otherwise than it looks, and old names.
    """

    flow: Flow | None
    problems: tuple[Problem, ...] = ()
    unsupported: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def parse(text: str, types: Types, *, file: str = "") -> ParsedFlow:
    """Reads a flow file; every problem at once, in the order of the file. Never raises for what the text holds."""
    reading = read(text)
    root = reading.root
    if root is None or not root.is_mapping:
        problems = reading.problems or [_no_flow(root)]
        return ParsedFlow(None, _sorted(problems, file), warnings=_sorted(reading.warnings, file))
    warnings = [*reading.warnings, *_old_names(root, types)]
    problems, renamed = merge_defaults(root, types)
    outcome = check(root, types)
    problems += [*reading.problems, *outcome.problems]
    flow, tree = (outcome.flow, root) if outcome.flow is not None else _for_rules(root, types)
    if flow is not None:
        problems += _marked(tree, check_flow(flow))
        texts = ((loc, node.value) for loc, node in root.walk() if isinstance(node.value, str))
        problems += _marked(root, check_references(texts, flow))
        warnings += _marked(tree, surprises(flow))
    return ParsedFlow(
        outcome.flow if not problems else None,
        _sorted(problems, file),
        _sorted(outcome.unsupported, file),
        _sorted([*warnings, *renamed], file),
    )


def load(text: str, types: Types) -> Flow:
    """Reads a stored revision: unknown properties are dropped, a task that cannot be read fails its own task run.

    Raises: FlowInvalid when the text is no flow at all.
    """
    reading = read(text)
    root = reading.root
    if root is None or not root.is_mapping:
        raise FlowInvalid(reading.problems or [_no_flow(root)])
    merge_defaults(root, types)
    return read_leniently(root, types)


def _for_rules(root: Node, types: Types) -> tuple[Flow | None, Node]:
    """The flow as far as it can be read, with its tree, so that its rules are checked along with everything else."""
    tree = root.copy()
    try:
        return read_leniently(tree, types, tolerant=True), tree
    except FlowInvalid:
        return None, tree


def _no_flow(root: Node | None) -> Problem:
    if root is None or root.value is None:
        return Problem("the file is empty: a flow needs `id`, `namespace` and `tasks`", line=1, column=1)
    kind = "a list" if root.is_list else "a text"
    return Problem(
        f"a flow is a mapping with `id`, `namespace` and `tasks`, not {kind}", line=root.mark[0], column=root.mark[1]
    )


def _old_names(root: Node, types: Types) -> Iterator[Problem]:
    for loc, node in root.walk():
        name = node.text("type") if node.is_mapping else None
        if name is None or "." not in name:
            continue
        new = types.canonical(name)
        if new not in (name, PREFIX + name):
            place = find(root, (*loc, "type"))
            yield Problem(f"`{name}` is the old name of `{new}`", place.path, *place.mark)


def _marked(root: Node, findings: Iterable[Finding]) -> list[Problem]:
    problems = []
    for finding in findings:
        place = find(root, finding.loc)
        problems.append(Problem(finding.message, place.path, *place.mark, hint=finding.hint))
    return problems


def _sorted(problems: Iterable[Problem], file: str) -> tuple[Problem, ...]:
    unique = dict.fromkeys(replace(problem, file=file) for problem in problems)
    return tuple(sorted(unique, key=lambda problem: (problem.line, problem.column)))
