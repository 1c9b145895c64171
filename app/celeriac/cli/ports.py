"""What the commands need of the application: the part of `celeriac.wiring.App` that they use, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from celeriac.core.errors import Problem
from celeriac.core.flow import Flow

Document = dict[str, Any]
"""An execution (or a log line) as the API returns it."""


class Parsed(Protocol):
    """A flow file that was read. flow: None when there are problems."""

    @property
    def flow(self) -> Flow | None: ...
    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def unsupported(self) -> Sequence[Problem]: ...
    @property
    def warnings(self) -> Sequence[Problem]: ...


class Registered(Protocol):
    """A flow in the store."""

    @property
    def namespace(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def parsed(self) -> Parsed: ...


class Flows(Protocol):
    """Reads and stores flows."""

    def parse(self, source: str, file: str) -> Parsed: ...
    def register(self, source: str, file: str) -> Registered:
        """Raises: FlowInvalid."""


class Executions(Protocol):
    """Starts and ends executions."""

    def start(
        self,
        namespace: str,
        flow_id: str,
        inputs: Mapping[str, Any],
        *,
        labels: Mapping[str, str] | None,
        file_inputs: Mapping[str, Path],
    ) -> str:
        """The id of the execution. Raises: InputsInvalid, Refused, FlowNotFound."""

    def kill(self, execution_id: str) -> None: ...
    def kill_cell(self, cell: str) -> list[str]:
        """Marks what a dead cell left as KILLED; returns the ids."""


class Views(Protocol):
    """Reads executions. Cursors are opaque; None = from the beginning."""

    def execution(self, execution_id: str) -> Document: ...
    def children(self, execution_id: str) -> list[Document]:
        """The executions that it started, and theirs; each with its `parentId`."""

    def changes(self, execution_id: str, cursor: Any) -> tuple[Document, Any]:
        """The execution with only those task runs that changed since the cursor, and the next cursor."""

    def logs(self, execution_ids: Iterable[str], after: Any) -> tuple[list[Document], Any]: ...


class Files(Protocol):
    """Reads stored files."""

    def open(self, uri: str) -> AbstractContextManager[BinaryIO]: ...
    def size(self, uri: str) -> int: ...


class Engine(Protocol):
    """The application as the commands see it."""

    @property
    def flows(self) -> Flows: ...
    @property
    def executions(self) -> Executions: ...
    @property
    def views(self) -> Views: ...
    @property
    def files(self) -> Files: ...
    def migrate(self) -> None: ...
    def canvas(self, flow: Flow) -> Sequence[str]:
        """The canvases that a flow becomes, as lines of text."""
