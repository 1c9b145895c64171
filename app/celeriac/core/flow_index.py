"""What the engine asks of a flow again and again, worked out once per revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from celeriac.core.expression import does_io, reads_rows
from celeriac.core.flow import Flow, Flowable, Mode, Task
from celeriac.core.retry import Retry

SEGMENT = 25
"""Most jobs in one chain: a chain carries its whole tail in every message."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands: parent None = the flow; loops = how many loops enclose it.

    evaluated_by_worker: its expressions read files and the like. reads_rows: they read stored rows of the execution.
    """

    task: Task
    parent: Task | None
    loops: int
    retry: Retry | None
    mode: Mode
    evaluated_by_worker: bool
    reads_rows: bool


@dataclass(frozen=True)
class FlowIndex:
    """A flow with its lookups. revision: of the stored row."""

    flow: Flow
    revision: int
    places: Mapping[str, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow, revision: int) -> "FlowIndex":
        """revision: of the stored row."""
        places: dict[str, Place] = {}
        for task, parent in flow.walk():
            above = places[parent.id] if parent is not None else None
            inherited = above.retry if above else flow.retry
            places[task.id] = Place(
                task=task,
                parent=parent,
                loops=(above.loops if above else 0) + _is_iterated(task, parent),
                retry=task.retry or inherited,
                mode=_mode(task),
                evaluated_by_worker=task.mode is not Mode.WORKER and does_io(_evaluated(task)),
                reads_rows=reads_rows(_evaluated(task)),
            )
        return cls(flow, revision, places)

    def task(self, task_id: str) -> Task:
        """The task; KeyError when the revision has no such task."""
        return self.places[task_id].task

    def list_of(self, owner: str | None, name: str) -> Sequence[Task]:
        """The enabled tasks of a child list; owner None = the flow."""
        return self._lists.get((owner, name), ())

    @cached_property
    def _lists(self) -> Mapping[tuple[str | None, str], Sequence[Task]]:
        """Computed once: a list is asked for at each of its tasks."""
        owners: list[tuple[str | None, Flow | Task]] = [(None, self.flow)]
        owners += [(task_id, place.task) for task_id, place in self.places.items()]
        return {
            (owner, name): tuple(task for task in tasks if not task.disabled)
            for owner, holder in owners
            for name, tasks in holder.child_lists().items()
        }

    def may_chain(self, task: Task) -> bool:
        """True when the task can be a member of a chain of several jobs."""
        return self.places[task.id].mode is Mode.WORKER and task.run_if is None


def is_loop(task: Task) -> bool:
    """True for flowables that run their list once per value."""
    return isinstance(task, Flowable) and getattr(type(task), "is_loop", False)


def _is_iterated(task: Task, parent: Task | None) -> bool:
    return parent is not None and is_loop(parent) and any(task is child for child in parent.child_lists()["tasks"])


def _mode(task: Task) -> Mode:
    if task.mode is not Mode.WORKER or not getattr(task, "effect_free", False) or task.timeout is not None:
        return task.mode
    return Mode.WORKER if does_io(_properties(task)) else Mode.FUSED


def _evaluated(task: Task) -> Any:
    names = getattr(task, "evaluated", None)
    if names is None:
        return _properties(task)
    return [task.run_if, *(getattr(task, name) for name in names)]


def _properties(task: Task) -> dict[str, Any]:
    return task.model_dump(exclude_unset=True, exclude={"description"})
