"""What is asked about logs and metrics, and what is answered."""

from typing import Annotated, Any

from pydantic import Field

from celeriac.web.models.events import Level
from celeriac.web.models.executions import FilterExecutions, Name
from celeriac.web.models.shapes import Answer, Asked, Found, Paging


class LogLine(Answer):
    """A line of a log. `line` orders the lines of an attempt and names one in it for good."""

    execution_id: str
    namespace: str
    flow_id: str
    task_id: str | None
    task_run_id: str | None
    attempt_number: int
    level: Level
    message: str
    timestamp: str
    line: int


class LogsFound(Found):
    """A page of lines. totalCapped: there may be more."""

    results: list[LogLine]
    total_capped: bool = False


class ReadLogs(Asked):
    """minLevel: lines of lower levels are left out. attempt: from 0."""

    min_level: Level = "TRACE"
    task_run_id: Name = ""
    task_id: Name = ""
    attempt: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class SearchLogs(FilterExecutions, Paging):
    """Lines of the executions that the filter finds. q: a part of the message; with q a part of the flow's id no more.

    executionId: of one execution only.
    """

    min_level: Level = "INFO"
    execution_id: Name = ""


class MetricDocument(Answer):
    """A measured value of an attempt; a timer's in seconds."""

    execution_id: str
    task_id: str
    task_run_id: str
    name: str
    type: str
    value: float
    tags: dict[str, Any]
    timestamp: str


class MetricsFound(Found):
    """A page of metrics."""

    results: list[MetricDocument]


class ReadMetrics(Paging):
    """Of a task run or a task only."""

    task_run_id: Name = ""
    task_id: Name = ""
