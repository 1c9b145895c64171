"""Rules between the inputs of one list, and the order in which they are resolved."""

from collections.abc import Iterator, Mapping, Sequence

from celeriac.core.inputs.model import Input


def conflicts(inputs: Sequence[Input]) -> Iterator[tuple[int, str]]:
    """(index, message) of each input that clashes with others: doubles, nesting, unknown or cyclic dependsOn."""
    by_id = {declared.id: declared for declared in inputs}
    seen: set[str] = set()
    for index, declared in enumerate(inputs):
        if declared.id in seen:
            yield index, f"Duplicate input with name [{declared.id}]"
        seen.add(declared.id)
        for parent in _parents(declared.id):
            if parent in by_id:
                yield (
                    index,
                    (f"Input path '{parent}' conflicts with '{declared.id}'; one cannot be nested under the other."),
                )
        for name in _needs(declared):
            if name not in by_id:
                yield index, f"Input with id '{declared.id}' depends on a non-existent input '{name}'."
        if cycle := _cycle(declared, by_id):
            yield index, f"Cycle dependency detected for input with id '{declared.id}': [{', '.join(cycle)}]"


def dependencies_first(inputs: Sequence[Input]) -> list[Input]:
    """In order of the file, but each input after those it depends on. A cycle is cut."""
    by_id = {declared.id: declared for declared in inputs}
    ordered: dict[str, Input] = {}
    entered: set[str] = set()

    def visit(declared: Input) -> None:
        if declared.id in entered:
            return
        entered.add(declared.id)
        for name in _needs(declared):
            if name in by_id:
                visit(by_id[name])
        ordered[declared.id] = declared

    for declared in inputs:
        visit(declared)
    return list(ordered.values())


def _needs(declared: Input) -> list[str]:
    return declared.depends_on.inputs if declared.depends_on else []


def _parents(input_id: str) -> Iterator[str]:
    parts = input_id.split(".")
    return (".".join(parts[:n]) for n in range(1, len(parts)))


def _cycle(start: Input, by_id: Mapping[str, Input]) -> list[str]:
    """The inputs through which `start` depends on itself, `start` first; empty without such a cycle."""
    visited: list[str] = []
    waiting = [start.id]
    while waiting:
        name = waiting.pop(0)
        if name in visited or name not in by_id:
            continue
        visited.append(name)
        waiting.extend(_needs(by_id[name]))
        if start.id in _needs(by_id[name]):
            return visited
    return []
