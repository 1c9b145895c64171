"""The inputs of one list: ids that clash, and the order in which they are resolved."""

from collections.abc import Iterator, Sequence

from celeriac.core.inputs.model import Input


def clashing_paths(inputs: Sequence[Input]) -> Iterator[tuple[int, str]]:
    """(index, message) of each input whose id would nest it under the value of another."""
    ids = {declared.id for declared in inputs}
    for index, declared in enumerate(inputs):
        parts = declared.id.split(".")
        for parent in (".".join(parts[:count]) for count in range(1, len(parts))):
            if parent in ids:
                yield (
                    index,
                    (f"Input path '{parent}' conflicts with '{declared.id}'; one cannot be nested under the other."),
                )


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
