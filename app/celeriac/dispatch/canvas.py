"""What `advance` decided, as Celery canvases: chains of jobs by id, flat chords, and nothing that waits."""

from collections.abc import Sequence

from celery import Celery, chain, chord, group
from celery.canvas import Signature

from celeriac.core.decision import Fan
from celeriac.core.frames import TaskRun
from celeriac.dispatch.app import ADVANCE, DEFAULT_QUEUE, EXECUTE


def canvases(app: Celery, execution_id: str, fans: Sequence[Fan]) -> list[Signature]:
    """One canvas per thing to publish; each ends by advancing the execution."""
    found: list[Signature] = []
    for fan in fans:
        lines = [[execute(app, execution_id, run) for run in segment] for segment in fan.segments]
        if fan.join:
            header = group(line[0] if len(line) == 1 else chain(*line) for line in lines)
            found.append(chord(header, advance(app, execution_id)))
        else:
            found.extend(chain(*line, advance(app, execution_id)) for line in lines)
    return found


def execute(app: Celery, execution_id: str, run: TaskRun) -> Signature:
    """The job that runs the current attempt of a task run."""
    return app.signature(
        EXECUTE, args=(execution_id, run.seq, run.attempt), immutable=True, queue=DEFAULT_QUEUE, ignore_result=True
    )


def advance(app: Celery, *execution_ids: str) -> Signature:
    """The job that advances executions, one after the other."""
    return app.signature(ADVANCE, args=execution_ids, immutable=True, ignore_result=True)
