"""The grid of a flow: its tasks as rows, its newest executions as columns, states where they meet."""

from collections.abc import Sequence
from dataclasses import dataclass

from celeriac.core.execution import task_run_id
from celeriac.core.flow import Flow
from celeriac.core.state import State
from celeriac.store.grid_store import GridStore, TaskState


@dataclass(frozen=True, slots=True)
class Cell:
    """A task in an execution: its worst state, how many runs it has and how many of these failed."""

    state: str
    runs: int
    failed: int
    task_run_id: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A task. depth: how many flowables it stands in. branch: `errors`, `finally` … of the flow, else empty."""

    task_id: str
    type: str
    depth: int
    branch: str
    cells: tuple[Cell | None, ...]


class FlowGrid:
    """Makes grids."""

    def __init__(self, store: GridStore) -> None:
        self._store = store

    def rows(self, flow: Flow, execution_ids: Sequence[str]) -> list[Row]:
        """The tasks in order of the file, one cell for each execution; None = it has not run there."""
        found: dict[tuple[str, str], list[TaskState]] = {}
        for one in self._store.states(execution_ids) if execution_ids else ():
            found.setdefault((one.execution_id, one.task_id), []).append(one)
        return [
            Row(task_id, kind, depth, branch, tuple(_cell(found.get((one, task_id))) for one in execution_ids))
            for task_id, kind, depth, branch in _tasks(flow)
        ]


def _tasks(flow: Flow) -> list[tuple[str, str, int, str]]:
    depths: dict[str, int] = {}
    branches = {task.id: name for name, tasks in flow.child_lists().items() if name != "tasks" for task in tasks}
    rows = []
    for task, parent in flow.walk():
        depths[task.id] = 0 if parent is None else depths[parent.id] + 1
        rows.append((task.id, task.type, depths[task.id], branches.get(task.id, "")))
    return rows


def _cell(states: Sequence[TaskState] | None) -> Cell | None:
    if not states:
        return None
    open_ones = [one for one in states if not State(one.state).is_terminal]
    worst = State.worst(State(one.state) for one in states)
    shown = State(open_ones[0].state) if open_ones else worst
    if len(states) == 1:
        shown = State(states[0].state)
    chosen = next((one for one in states if one.state == shown.value), states[0])
    starts = [one.started_us for one in states if one.started_us is not None]
    ends = [one.ended_us for one in states if one.ended_us is not None]
    seconds = (max(ends) - min(starts)) / 1e6 if starts and ends and not open_ones else None
    failed = sum(one.count for one in states if one.state in ("FAILED", "LOST"))
    runs = sum(one.count for one in states)
    return Cell(shown.shown, runs, failed, task_run_id(chosen.execution_id, chosen.seq), seconds)
