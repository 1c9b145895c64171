"""`core.kv.Delete`: removes a key from the KV store."""

from collections.abc import Mapping
from typing import Any, ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskContext
from celeriac.plugins.core.kv.key_task import KeyTask


class Delete(KeyTask):
    """Removes a key; outputs `deleted`: whether it was there.

    Example:
        id: forget
        namespace: company.team
        tasks:
          - id: clean
            type: io.kestra.plugin.core.kv.Delete
            key: last_run
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.kv.Delete"

    error_on_missing: Dynamic[bool] = False

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        deleted = context.kv.delete(self.home(context), self.key)
        if not deleted and self.error_on_missing:
            raise TaskFailed(f"There is no key `{self.key}` in namespace `{self.home(context)}`")
        return {"deleted": deleted}
