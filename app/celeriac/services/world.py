"""What the functions of expressions reach: KV store, secrets, files, the execution's own logs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celeriac.core.errors import ExpressionError, KeyNotFound, Refused, StoredFileNotFound
from celeriac.core.execution import task_run_id
from celeriac.core.state import State
from celeriac.services.files import ExecutionFiles
from celeriac.services.surroundings import Surroundings
from celeriac.services.variables import iso
from celeriac.storage.masking import Masker
from celeriac.storage.uris import namespace_file

READ_LIMIT_BYTES = 16_000_000


class ExecutionWorld:
    """The World of the expressions of one execution. Remembers the secrets it gave, so that logs can hide them."""

    def __init__(
        self, around: Surroundings, files: ExecutionFiles, namespace: str, execution_id: str, masker: Masker
    ) -> None:
        self._around = around
        self._files = files
        self._namespace = namespace
        self._execution_id = execution_id
        self._masker = masker
        self.secret_names: set[str] = set()

    def now(self) -> datetime:
        return self._around.now()

    def random(self) -> float:
        return self._around.random()

    def kv(self, key: str, namespace: str | None, error_on_missing: bool) -> Any:
        own = namespace or self._namespace
        while True:
            try:
                return self._around.kv.get(own, key)
            except KeyNotFound:
                parent = own.rpartition(".")[0] if namespace is None else ""
                if parent:
                    own = parent
                elif error_on_missing:
                    raise ExpressionError(
                        f"The key '{key}' does not exist in the namespace '{namespace or self._namespace}'."
                    ) from None
                else:
                    return None

    def secret(self, name: str, namespace: str | None, subkey: str | None) -> str:
        value = self._around.secrets.get(name, subkey)
        self._masker.add(value)
        self.secret_names.add(name)
        return value

    def read(self, uri_or_path: str, namespace: str | None) -> str:
        uri = uri_or_path
        if "://" not in uri:
            uri = namespace_file(namespace or self._namespace, uri)
        size = self._files.size(uri)
        if size > READ_LIMIT_BYTES:
            raise Refused(
                f"read(): `{uri}` has {size:,} bytes, the limit is {READ_LIMIT_BYTES:,}; pass the file instead"
            )
        with self._files.open(uri) as file:
            return file.read().decode("utf-8", "replace")

    def file_uri(self, path: str, namespace: str | None) -> str:
        return namespace_file(namespace or self._namespace, path)

    def file_size(self, uri: str) -> int:
        return self._files.size(uri)

    def file_exists(self, uri: str) -> bool:
        try:
            self._files.size(uri)
        except StoredFileNotFound:
            return False
        return True

    def error_logs(self) -> list[dict[str, Any]]:
        return [
            {
                "taskId": one.task_id,
                "taskRunId": task_run_id(self._execution_id, one.seq),
                "attemptNumber": one.attempt - 1,
                "level": "ERROR",
                "message": one.message,
                "timestamp": iso(one.at_us),
                "executionId": self._execution_id,
            }
            for one in self._around.outputs.errors(self._execution_id)
        ]

    def tasks_with_state(self, state: str) -> list[dict[str, Any]]:
        if state.upper() not in State.__members__:
            raise ExpressionError(f"tasksWithState(): there is no state `{state}`")
        return [dict(one) for one in self._around.outputs.in_state(self._execution_id, state.upper())]

    def env(self, name: str) -> str | None:
        return self._around.environ.get(name)

    def http(self, request: Mapping[str, Any]) -> Any:
        from celeriac.services.http_call import http_call

        return http_call(request)
