"""From files to registered flows: everything that is refused, or told, before an execution starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic_core import PydanticCustomError

from celeriac.cli.arguments import RunArguments
from celeriac.cli.flow_folder import (
    FlowText,
    flow_files,
    flow_texts,
    needed_and_broken,
    register_neighbours,
    same_id_problems,
    subflow_flows,
)
from celeriac.cli.ports import Flows
from celeriac.core.errors import FlowInvalid, InputsInvalid, Problem
from celeriac.core.flow import Flow
from celeriac.core.labels import parse_labels


@dataclass(frozen=True, slots=True)
class Intake:
    """A flow that may start. subflows: those that it names, directly or through others. warnings: to be told."""

    flow: Flow
    subflows: tuple[Flow, ...]
    warnings: tuple[Problem, ...]


def take_in(flows: Flows, arguments: RunArguments, source: str) -> Intake:
    """Registers FILE (its text is `source`) and the flows around it.

    Raises: FlowInvalid when FILE, or a flow that it needs, is invalid or uses what is not built; InputsInvalid when an
    input is given that the flow does not declare.
    """
    path = arguments.file
    parsed = flows.parse(source, str(path))
    if parsed.flow is None or parsed.problems or parsed.unsupported:
        raise FlowInvalid([*parsed.problems, *parsed.unsupported])
    flow = parsed.flow
    neighbours = flow_texts(_neighbours(path, arguments.flows))
    own = FlowText(path, source, (flow.namespace, flow.id))
    if same := same_id_problems([own, *neighbours]):
        raise FlowInvalid(same)
    around = register_neighbours(flows, neighbours)
    if needed := needed_and_broken(flow, around):
        raise FlowInvalid(needed)
    flows.register(source, str(path))
    _refuse_unknown_inputs(flow, (*arguments.inputs, *arguments.file_inputs))
    _refuse_labels(arguments.labels)
    passed_over = [problem for problems in around.broken.values() for problem in problems]
    return Intake(
        flow,
        tuple(subflow_flows(flow, around)),
        (*parsed.warnings, *_first_of_each_file([*passed_over, *around.nameless])),
    )


def _neighbours(path: Path, folder: Path | None) -> list[Path]:
    found = flow_files(folder or path.parent, deep=folder is not None)
    return [other for other in found if other.resolve() != path.resolve()]


def _refuse_unknown_inputs(flow: Flow, names: Iterable[str]) -> None:
    declared = [item.id for item in flow.inputs]
    problems = []
    for name in dict.fromkeys(names):
        if name not in declared:
            near = get_close_matches(name, declared, 1)
            known = f"declared are: {', '.join(declared)}" if declared else "the flow declares no inputs"
            hint = f"did you mean `{near[0]}`?" if near else known
            problems.append(Problem(f"the flow has no input `{name}`", f"inputs.{name}", hint=hint))
    if problems:
        raise InputsInvalid(problems)


def _refuse_labels(labels: Mapping[str, str]) -> None:
    try:
        parse_labels(dict(labels))
    except PydanticCustomError as error:
        raise InputsInvalid([Problem(error.message(), "labels")]) from error


def _first_of_each_file(problems: Iterable[Problem]) -> list[Problem]:
    """One warning a broken neighbour; `celeriac validate` tells the rest."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.file, []).append(problem)
    return [
        Problem(
            f"not registered: {first.message}" + (f" (and {len(rest)} more)" if rest else ""),
            first.path,
            first.line,
            first.column,
            first.hint,
            first.file,
        )
        for first, *rest in found.values()
    ]
