"""What can be watched: an execution, its log, the list of executions, the list of flows. Masked as views are.

What was read is taken note of when everything was: a database that goes away in between costs no change.
"""

from collections.abc import Sequence

from celeriac.core.errors import NotFound
from celeriac.core.execution import Execution
from celeriac.services.documents import Document, log_document
from celeriac.services.live import Topic
from celeriac.services.logs import LogFilter
from celeriac.services.views import Views
from celeriac.store.live_store import LiveStore, Mark, Pulse
from celeriac.store.log_store import LEVELS, LogStore

MOST_RUNS = 1000
"""Task runs that a watcher gets at first; others come when they change."""
LARGEST_OUTPUTS = 16_384
"""Bytes of a task run's outputs; larger ones are left out and have to be asked for."""
MOST_OUTPUTS = 1_000_000
"""Bytes of all outputs in one event."""
MOST_LINES = 500
"""Log lines that a watcher gets at first."""
_BATCH = 1000
_SETTLED_US = 30_000_000
"""Nobody writes lines of an attempt that ended so long ago."""
_QUICK_S, _SLOW_S = 0.25, 2.0


class TopicUnknown(NotFound):
    """There is nothing of this name to watch."""


class Topics:
    """Makes topics by name: `execution:ID`, `logs:ID`, `logs:ID?minLevel=WARN`, `executions`, `flows`."""

    def __init__(self, live: LiveStore, logs: LogStore, views: Views) -> None:
        self._live = live
        self._logs = logs
        self._views = views

    def make(self, name: str) -> Topic:
        """Raises: TopicUnknown, ExecutionNotFound, FlowInvalid."""
        kind, _, rest = name.partition(":")
        if name == "executions":
            return ExecutionsTopic(self._live)
        if name == "flows":
            return FlowsTopic(self._live)
        execution_id, _, query = rest.partition("?")
        level = query.removeprefix("minLevel=").upper() or LEVELS[0]
        if kind not in ("execution", "logs") or level not in LEVELS or (query and kind != "logs"):
            raise TopicUnknown(f"`{name}`: watch execution:ID, logs:ID, logs:ID?minLevel=WARN, executions or flows")
        execution = self._views.stored(execution_id)
        if kind == "logs":
            return LogsTopic(name, self._logs, self._live, execution_id, LogFilter(level).levels)
        self._views.masker(execution)
        return ExecutionTopic(name, self._live, self._views, execution_id)


class ExecutionTopic:
    """An execution and the task runs that have changed.

    {topic, execution: without its task runs, taskRuns, complete: whether these are all}; execution None = it is gone.
    """

    kind = "execution"

    def __init__(self, name: str, live: LiveStore, views: Views, execution_id: str) -> None:
        self._name = name
        self._live = live
        self._views = views
        self._id = execution_id
        self._since_us = 0
        self._marks: dict[int, Mark] = {}
        self._head: Document | None = None
        self._starts = 0
        self.every_s = _QUICK_S

    def everything(self) -> list[Document]:
        return self._everything(anew=self._head is None)

    def changes(self) -> list[Document]:
        if self._head is None:
            return []
        pulse = self._live.pulse(self._id, self._since_us)
        if pulse is None:
            self._head, self.every_s = None, _SLOW_S
            return [self._gone()]
        if _starts(pulse.execution) != self._starts:
            return self._everything(anew=True)
        changed = [seq for seq, mark in pulse.marks.items() if self._marks.get(seq) != mark]
        head = self._views.header(pulse.execution)
        if not changed and head == self._head:
            self._remember(pulse, head)
            return []
        document = self._document(pulse.execution, head, sorted(changed))
        self._remember(pulse, head)
        return [document | {"complete": False}]

    def _everything(self, *, anew: bool) -> list[Document]:
        """anew: changes are counted from here on."""
        pulse = self._live.pulse(self._id, 0)
        if pulse is None:
            return [self._gone()]
        seqs = sorted(pulse.marks)
        head = self._views.header(pulse.execution)
        document = self._document(pulse.execution, head, seqs[:MOST_RUNS])
        if anew:
            self._marks = {}
            self._remember(pulse, head)
        return [document | {"complete": len(seqs) <= MOST_RUNS, "total": len(seqs)}]

    def _remember(self, pulse: Pulse, head: Document) -> None:
        self._marks |= pulse.marks
        self._since_us = pulse.now_us
        self._starts = _starts(pulse.execution)
        self._head = head
        self.every_s = _QUICK_S if pulse.execution.done_us is None else _SLOW_S

    def _document(self, execution: Execution, head: Document, seqs: Sequence[int]) -> Document:
        runs = self._views.runs_by_seq(execution, seqs, LARGEST_OUTPUTS, MOST_OUTPUTS)
        return {"topic": self._name, "execution": head, "taskRuns": runs}

    def _gone(self) -> Document:
        return {"topic": self._name, "execution": None, "taskRuns": [], "complete": True}


class LogsTopic:
    """Lines of an execution's log: {topic, lines, first: whether these are the last of what there is already}."""

    kind = "logs"

    def __init__(self, name: str, logs: LogStore, live: LiveStore, execution_id: str, levels: Sequence[str]) -> None:
        self._name = name
        self._logs = logs
        self._live = live
        self._id = execution_id
        self._levels = levels
        self._cursor: dict[str, int] | None = None
        self._since_us = 0
        self.every_s = _QUICK_S

    def everything(self) -> list[Document]:
        if self._cursor is None:
            self._cursor = self._logs.end(self._id)
        lines = self._logs.tail(self._id, self._levels, MOST_LINES)
        return [{"topic": self._name, "lines": [log_document(line) for line in lines], "first": True}]

    def changes(self) -> list[Document]:
        if self._cursor is None:
            return []
        is_done, now_us = self._live.look(self._id)
        lines, cursor = self._logs.news([self._id], {self._id: self._cursor}, _BATCH, self._since_us)
        self._cursor = cursor[self._id]
        self._since_us = 0 if len(lines) >= _BATCH else now_us - _SETTLED_US
        self.every_s = _SLOW_S if is_done and not lines else _QUICK_S
        shown = [log_document(line) for line in lines if line.level in self._levels]
        return [{"topic": self._name, "lines": shown[at : at + _BATCH]} for at in range(0, len(shown), _BATCH)]


class ExecutionsTopic:
    """The list of executions: {topic, changed: ids of those that were created, or have entered another state}."""

    kind = "executions"
    every_s = 0.5

    def __init__(self, live: LiveStore) -> None:
        self._live = live
        self._open: dict[str, str] | None = None
        self._newest = ""

    def everything(self) -> list[Document]:
        if self._open is None:
            self._newest = self._live.newest()
            self._open = self._live.open_executions()
        return []

    def changes(self) -> list[Document]:
        before, now = self._open or {}, self._live.open_executions()
        new = self._live.newer(self._newest)
        self._open, self._newest = now, new[-1] if new else self._newest
        changed = {key for key, _ in before.items() ^ now.items()} | set(new)
        return [{"topic": self.kind, "changed": sorted(changed)}] if changed else []


class FlowsTopic:
    """The list of flows: {topic, changed: true}."""

    kind = "flows"
    every_s = 1.0

    def __init__(self, live: LiveStore) -> None:
        self._live = live
        self._mark: Mark | None = None

    def everything(self) -> list[Document]:
        self._mark = self._mark or self._live.flows_mark()
        return []

    def changes(self) -> list[Document]:
        before, self._mark = self._mark, self._live.flows_mark()
        return [{"topic": self.kind, "changed": True}] if before != self._mark else []


def _starts(execution: Execution) -> int:
    """How often it was started again: then task runs may be gone."""
    return sum(state == "RESTARTED" for state, _ in execution.histories)
