"""The files a task run may read and write: its execution's, those of its parents and subflows, namespace files."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from celeriac.core.errors import Refused
from celeriac.core.execution import Execution
from celeriac.core.task_type import Identity
from celeriac.services.surroundings import Surroundings
from celeriac.storage.uris import (
    NAMESPACE_SCHEME,
    SCHEME,
    execution_of,
    namespace_file,
    parse_namespace_file,
    task_file,
)


class ExecutionFiles:
    """Implements `core.task_type.TaskFiles` for one attempt."""

    def __init__(self, around: Surroundings, execution: Execution, identity: Identity) -> None:
        self._around = around
        self._execution = execution
        self._identity = identity

    def open(self, uri: str) -> BinaryIO:
        """Raises: StoredFileNotFound; Refused for a file of another execution or another scheme."""
        if uri.startswith(NAMESPACE_SCHEME):
            return self._around.namespace_files.open(*parse_namespace_file(uri, self._execution.namespace))
        return self._around.storage.open(self._readable(uri))

    def size(self, uri: str) -> int:
        """Bytes. Raises as `open`."""
        if uri.startswith(NAMESPACE_SCHEME):
            return self._around.namespace_files.size(*parse_namespace_file(uri, self._execution.namespace))
        return self._around.storage.size(self._readable(uri))

    def save(self, source: Path | bytes | BinaryIO, name: str) -> str:
        """Stores a file of this attempt."""
        uri = task_file(self._identity, name)
        self._around.storage.put(uri, source)
        return uri

    def namespace_files(self, namespace: str) -> Mapping[str, str]:
        """{path: URI}."""
        return {path: namespace_file(namespace, path) for path in self._around.namespace_files.list(namespace)}

    def _readable(self, uri: str) -> str:
        if not uri.startswith(SCHEME):
            raise Refused(f"`{uri}` cannot be read: only kestra:/// and nsfile:/// URIs can")
        owner = execution_of(uri)
        if owner is None or owner == self._execution.id or self._root(owner) == self._root(self._execution.id):
            return uri
        raise Refused(f"`{uri}` belongs to another execution")

    def _root(self, execution_id: str) -> str:
        """The execution from which this one, its replays and its subflows come."""
        one = self._around.executions.get(execution_id)
        while one is not None and (above := one.parent_id or one.original_id) is not None:
            execution_id = above
            one = self._around.executions.get(execution_id)
        return execution_id
