"""What is asked of executions that are there: parameters of operations, for one and for many."""

from typing import Annotated, Any

from pydantic import Field, RootModel

from celeriac.core.state import State
from celeriac.web.models.executions import MOST_AT_ONCE, FilterExecutions, Name
from celeriac.web.models.shapes import Answer, Asked, Revision


class ExecutionIds(RootModel[Annotated[list[Name], Field(max_length=MOST_AT_ONCE)]]):
    """Ids of executions, 1,000 at most."""


class Nothing(Asked):
    """No parameters."""


class Kill(Asked):
    """isOnKillCascade: what its tasks have started is killed as well."""

    is_on_kill_cascade: bool = True


class Restart(Asked):
    """revision: another one than before makes a new execution."""

    revision: Revision | None = None


class Replay(Asked):
    """taskRunId: from where on. latestRevision: of the flow, instead of `revision`."""

    task_run_id: Name = ""
    revision: Revision | None = None
    latest_revision: bool = False


class ChangeStatus(Asked):
    """The state in which the execution has ended; `status` for one, `newStatus` for many."""

    status: State | None = None
    new_status: State | None = None


class Delete(Asked):
    """What goes with an execution."""

    delete_logs: bool = True
    delete_metrics: bool = True
    delete_storage: bool = True


class KillMany(Kill, FilterExecutions):
    """The executions of a filter, and whether theirs are killed as well."""


class ReplayMany(FilterExecutions):
    """latestRevision: of their flows."""

    latest_revision: bool = False


class ChangeStatusOfMany(FilterExecutions):
    """newStatus: the state in which the executions of a filter have ended."""

    new_status: State


class DeleteMany(Delete, FilterExecutions):
    """The executions of a filter, and what goes with them."""


class TaskRunState(Asked):
    """The state in which a task run has ended."""

    task_run_id: Name
    state: State


class Label(Asked):
    """A label."""

    key: str
    value: str


class NewLabels(RootModel[list[Label] | dict[str, str]]):
    """Labels as a list or a mapping."""

    def mapping(self) -> dict[str, str]:
        """{key: value}."""
        return dict(self.root) if isinstance(self.root, dict) else {one.key: one.value for one in self.root}


class LabelMany(Asked):
    """Which executions get which labels."""

    executions_id: Annotated[list[Name], Field(max_length=MOST_AT_ONCE)]
    execution_labels: NewLabels


class Done(Answer):
    """count: executions with which it was done. errors: {id, message} of those with which it was not."""

    count: int
    errors: list[Any] = []
