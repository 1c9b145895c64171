"""`core.kv.Get`: reads a key of the KV store."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import KeyNotFound, TaskFailed
from celeriac.core.task_type import TaskContext
from celeriac.plugins.core.kv.key_task import KeyTask


class Get(KeyTask):
    """Outputs `value`, the value of a key; nothing when there is none, unless `errorOnMissing` is set.

    Example:
        id: recall
        namespace: company.team
        tasks:
          - id: save
            type: io.kestra.plugin.core.kv.Set
            key: threshold
            value: "{{ 42 }}"
          - id: read
            type: io.kestra.plugin.core.kv.Get
            key: threshold
            errorOnMissing: true
          - id: show
            type: io.kestra.plugin.core.log.Log
            message: "{{ outputs.read.value + 1 }}"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.kv.Get"

    error_on_missing: Dynamic[bool] = False

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        for namespace in self.homes(context):
            with suppress(KeyNotFound):
                return {"value": context.kv.get(namespace, self.key)}
        if self.error_on_missing:
            raise TaskFailed(f"There is no key `{self.key}` in namespace `{self.home(context)}`")
        return {}
