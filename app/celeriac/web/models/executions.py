"""What is asked about executions and what is answered."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, RootModel

from celeriac.core.execution_filter import ChildFilter, Scope
from celeriac.core.state import State
from celeriac.web.models.flows import LabelDocument
from celeriac.web.models.shapes import Answer, Asked, Found, Paging, Revision

MOST_AT_ONCE = 1000
Name = Annotated[str, Field(max_length=256)]
Ids = Annotated[list[Name], Field(max_length=MOST_AT_ONCE)]


class StateEntry(Answer):
    """A state that was entered."""

    state: str
    date: str


class StateDocument(Answer):
    """A state with what led to it. duration: ISO 8601, when it has ended."""

    current: str
    histories: list[StateEntry]
    start_date: str | None
    end_date: str | None = None
    duration: str | None = None


class TaskRunDocument(Answer):
    """A task run with its attempts and outputs."""

    id: str
    execution_id: str
    task_id: str
    parent_task_run_id: str | None
    value: str | None
    iteration: int | None
    state: StateDocument
    attempts: list[Any]
    outputs: dict[str, Any] = {}


class ExecutionDocument(Answer):
    """An execution; lists leave `taskRunList` out. url: its page."""

    id: str
    namespace: str
    flow_id: str
    flow_revision: int
    state: StateDocument
    labels: list[LabelDocument]
    inputs: dict[str, Any] | None
    outputs: dict[str, Any] | None
    variables: dict[str, Any] | None
    trigger: dict[str, Any] | None
    original_id: str
    parent_id: str | None
    task_run_list: list[TaskRunDocument] | None = None
    url: str | None = None


class ExecutionsFound(Found):
    """A page of executions. total: exact unless `totalCapped`. cursor: of the next page."""

    results: list[ExecutionDocument]
    total_capped: bool = False
    cursor: str | None = None


class TaskRunsFound(Found):
    """A page of task runs. total: of the whole execution. cursor: of the next page."""

    results: list[TaskRunDocument]
    cursor: str | None = None


class FilterExecutions(Asked):
    """Which executions. namespace: with those below. labels: `key:value`, all of them. timeRange: ISO 8601, up to now.

    q: a part of a flow's id, or the beginning of an execution's. Kestra's `filters[field][OPERATION]` are read too.
    """

    q: Name = ""
    namespace: Name = ""
    flow_id: Name = ""
    state: list[State] = []
    labels: list[str] = []
    start_date: datetime | None = None
    end_date: datetime | None = None
    time_range: Annotated[str, Field(max_length=64)] = ""
    child_filter: ChildFilter | None = None
    scope: list[Scope] = []
    trigger_execution_id: Name = ""


class SearchExecutions(FilterExecutions, Paging):
    """A page of executions. cursor: that of the page before, instead of `page`, in the order of time."""

    cursor: Annotated[str, Field(max_length=22)] = ""


class OfFlow(Paging):
    """The executions of one flow."""

    namespace: Name
    flow_id: Name


class StartExecution(Asked):
    """wait: answer when the execution has ended. scheduleDate: not to start before. labels: `key:value`."""

    wait: bool = False
    revision: Revision | None = None
    schedule_date: datetime | None = None
    labels: list[str] = []


class FlowRevision(Asked):
    """revision: the newest when not given."""

    revision: Revision | None = None


class TryInputs(FlowRevision):
    """labels: `key:value`."""

    labels: list[str] = []


class ReadTaskRuns(Asked):
    """parent: a task run, whose children are meant; without, those of the flow. cursor: that of the page before."""

    parent: Name = ""
    state: list[State] = []
    cursor: Annotated[int, Field(ge=0, le=2_147_483_647)] = 0
    size: Annotated[int, Field(ge=1, le=1000)] = 100


class FlowName(Asked):
    """Names a flow."""

    namespace: Name
    id: Name = ""
    flow_id: Name = ""


class FlowNames(RootModel[Annotated[list[FlowName], Field(max_length=MOST_AT_ONCE)]]):
    """Names flows, 1,000 at most."""


class LastExecution(Answer):
    """The newest execution of a flow."""

    id: str
    namespace: str
    flow_id: str
    start_date: str
    status: str


class GraphDocument(Answer):
    """A flow as nodes and edges, the states of its task runs beside them: {task id: [task run]}."""

    nodes: list[Any]
    edges: list[Any]
    clusters: list[Any]
    flowables: list[str]
    task_runs: dict[str, list[TaskRunDocument]] = {}


class CheckedInput(Answer):
    """An input as it would be taken."""

    input: dict[str, Any]
    value: Any = None
    enabled: bool
    is_default: bool
    errors: list[Any] = []


class CheckedInputs(Answer):
    """The inputs of a start that was only tried."""

    id: str
    namespace: str
    inputs: list[CheckedInput]
    checks: list[Any] = []
