"""Rows of executions, task runs and frames as the values of core, and back."""

from collections import Counter
from typing import Any

from sqlalchemy.engine import RowMapping

from celeriac.core.execution import Execution
from celeriac.core.frames import Frame, Phase, TaskRun
from celeriac.core.state import State
from celeriac.store.tables import EXECUTION, RUN

ORPHANED = "orphaned"
"""`queue` of a RUNNING attempt in a container whose worker is gone."""
ENDED = [state.value for state in State if state.is_terminal]
EXECUTION_FIELDS = [name for name in Execution.__dataclass_fields__ if name in EXECUTION.c]
_RUN_FIELDS = [name for name in TaskRun.__dataclass_fields__ if name in RUN.c]
_FRAME_FIELDS = (
    "seq",
    "parent_seq",
    "branch",
    "next_index",
    "total",
    "iterations",
    "open",
    "retrying",
)


def execution_from(row: RowMapping) -> Execution:
    """A row of `execution` as a value."""
    values = {name: row[name] for name in EXECUTION_FIELDS}
    return Execution(**values | {"state": State(values["state"]), "told": len(values["histories"])})


def run_from(row: RowMapping) -> TaskRun:
    """A row of `task_run` as a value."""
    values = {name: row[name] for name in _RUN_FIELDS}
    attempt_state = values["attempt_state"]
    run = TaskRun(
        **values
        | {
            "state": State(values["state"]),
            "attempt_state": State(attempt_state) if attempt_state else None,
        }
    )
    run.loaded_state, run.loaded_fence = run.state.value, run.fence
    return run


def run_values(execution_id: str, run: TaskRun) -> dict[str, Any]:
    """A task run as a row of `task_run`."""
    values = {name: getattr(run, name) for name in _RUN_FIELDS}
    values |= {
        "execution_id": execution_id,
        "state": run.state.value,
        "attempt_state": run.attempt_state.value if run.attempt_state else None,
        "queue": "default" if run.state is State.QUEUED else None,
        "published_us": run.published_us,
    }
    return values


def frame_from(row: RowMapping) -> Frame:
    """A row of `frame` as a value."""
    return Frame(
        seq=row["seq"],
        parent_seq=row["parent_seq"],
        branch=row["branch"],
        phase=Phase(row["phase"]),
        next_index=row["next_index"],
        total=row["total"],
        iterations=row["iterations"],
        limit=row["width"],
        open=row["open"],
        retrying=row["retrying"],
        counts=Counter(row["counts"]),
        chain=tuple(row["chain"]),
    )


def frame_values(execution_id: str, frame: Frame) -> dict[str, Any]:
    """A frame as a row of `frame`."""
    values = {name: getattr(frame, name) for name in _FRAME_FIELDS}
    return values | {
        "execution_id": execution_id,
        "phase": frame.phase.value,
        "width": frame.limit,
        "counts": dict(frame.counts),
        "chain": list(frame.chain),
    }
