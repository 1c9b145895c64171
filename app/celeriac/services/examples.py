"""The example flows of the package: registered once under `tutorial`, then the user's own."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Protocol

from celeriac.core.errors import FlowNotFound

NAMESPACE = "tutorial"
_FIRST = 1


class Registry(Protocol):
    """What is asked of the flows."""

    def source(self, namespace: str, flow_id: str, revision: int | None = None) -> Any:
        """Raises: FlowNotFound."""

    def register(self, source: str) -> Any: ...


def examples() -> Iterator[tuple[str, str]]:
    """(flow id, source) of each, by id."""
    found = (entry for entry in files("celeriac").joinpath(NAMESPACE).iterdir() if entry.name.endswith(".yaml"))
    for entry in sorted(found, key=lambda entry: entry.name):
        yield entry.name.removesuffix(".yaml"), entry.read_text("utf-8")


def register_examples(flows: Registry) -> list[str]:
    """Registers those that were never there; what was changed or deleted since stays so. Returns the ids."""
    new = []
    for flow_id, source in examples():
        try:
            flows.source(NAMESPACE, flow_id, _FIRST)
        except FlowNotFound:
            flows.register(source)
            new.append(flow_id)
    return new
