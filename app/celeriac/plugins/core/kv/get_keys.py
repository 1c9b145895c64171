"""`core.kv.GetKeys`: lists keys of the KV store."""

from collections.abc import Mapping
from typing import Any, ClassVar

from celeriac.core.dynamic import Dynamic
from celeriac.core.task_type import TaskContext, TaskType


class GetKeys(TaskType):
    """Outputs `keys`, those that start with `prefix`, in order.

    Example:
        id: list_keys
        namespace: company.team
        tasks:
          - id: save
            type: io.kestra.plugin.core.kv.Set
            key: city_paris
            value: "{{ 2.1 }}"
          - id: cities
            type: io.kestra.plugin.core.kv.GetKeys
            prefix: city_
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.kv.GetKeys"

    prefix: Dynamic[str] | None = None
    namespace: Dynamic[str] | None = None

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        return {"keys": sorted(context.kv.keys(self.namespace or context.identity.namespace, self.prefix or ""))}
