"""One task run beside the timeline: its attempts, outputs, metrics and last log lines."""

from typing import Any

from flask import request

from celeriac.core.errors import NotFound
from celeriac.core.execution import Execution
from celeriac.web.api import celeriac

LINES = 100
MOST_BYTES = 64_000
Document = dict[str, Any]


def inspected(execution: Execution) -> Document | None:
    """The task run that `taskRunId` of the query names; None without one."""
    run_id = request.args.get("taskRunId", "")
    if not run_id:
        return None
    try:
        seq = celeriac().views.seq_of(execution.id, run_id)
    except NotFound:
        return None
    (run,) = celeriac().views.runs_by_seq(execution, [seq], MOST_BYTES)
    return {
        "run": run,
        "lines": celeriac().failures.last_lines(execution.id, seq, max(1, len(run["attempts"])), LINES),
        "metrics": celeriac().views.metrics(execution.id, run_id),
    }
