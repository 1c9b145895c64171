"""What the tasks of the KV store share: which key, in which namespace."""

from collections.abc import Iterator

from celeriac.core.dynamic import Dynamic
from celeriac.core.task_type import TaskContext, TaskType


class KeyTask(TaskType):
    """A task about one key. Without `namespace` the flow's own is meant."""

    key: Dynamic[str]
    namespace: Dynamic[str] | None = None

    def home(self, context: TaskContext) -> str:
        """The namespace meant."""
        return self.namespace or context.identity.namespace

    def homes(self, context: TaskContext) -> Iterator[str]:
        """The namespaces to read from, nearest first: a named one only, else the flow's own and its parents."""
        home = self.home(context)
        yield home
        while self.namespace is None and "." in home:
            home = home.rpartition(".")[0]
            yield home
