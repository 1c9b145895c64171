"""Files of executions for people: only those an execution may read, without the secrets that it has used."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from celeriac.core.errors import Refused
from celeriac.core.execution import Execution
from celeriac.core.task_type import Identity
from celeriac.services.files import ExecutionFiles
from celeriac.services.surroundings import Surroundings
from celeriac.services.views import Views
from celeriac.storage.masked_stream import masked
from celeriac.storage.masking import Masker
from celeriac.storage.uris import NAMESPACE_SCHEME, execution_of, file_name, namespace_folder, parse_namespace_file

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """A file that may be read. size: as it is stored; with secrets in it as many bytes need not come."""

    name: str
    size: int
    masker: Masker
    opened: Callable[[], BinaryIO]

    @property
    def is_masked(self) -> bool:
        """True when there are secrets to hide."""
        return bool(self.masker.forms)

    def chunks(self) -> Iterator[bytes]:
        """Its bytes."""
        return masked(self._read(), self.masker)

    def head(self, most_bytes: int) -> bytes:
        """Its first bytes."""
        with self.opened() as stream:
            return b"".join(masked([stream.read(most_bytes)], self.masker))

    def _read(self) -> Iterator[bytes]:
        with self.opened() as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk


class Downloads:
    """Opens files by execution and URI."""

    def __init__(self, around: Surroundings, views: Views) -> None:
        self._around = around
        self._views = views

    def find(self, execution_id: str, uri: str) -> Download:
        """A file of the execution, of those it came from or started, or of its namespace.

        Raises: ExecutionNotFound, StoredFileNotFound, Refused.
        """
        execution = self._views.stored(execution_id)
        self._check(execution, uri)
        identity = Identity(execution.id, "", 1, execution.namespace, execution.flow_id, "")
        files = ExecutionFiles(self._around, execution, identity)
        return Download(file_name(uri), files.size(uri), self._views.masker(execution), lambda: files.open(uri))

    @staticmethod
    def _check(execution: Execution, uri: str) -> None:
        """Files of executions are checked where they are opened. Raises: Refused."""
        if uri.startswith(NAMESPACE_SCHEME):
            is_own = parse_namespace_file(uri, execution.namespace)[0] == execution.namespace
        else:
            is_own = execution_of(uri) is not None or uri.startswith(namespace_folder(execution.namespace))
        if not is_own:
            raise Refused(f"`{uri}` is no file of execution {execution.id} or of its namespace {execution.namespace}")
