"""The jobs. They carry ids only, may arrive twice, and hand everything else to services."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery
from celery.exceptions import Reject

from celeriac.dispatch.app import ADVANCE, EXECUTE, FIRE, SUBMIT
from celeriac.services.attempts import Attempts, TaskRunFailed
from celeriac.services.scheduling import Scheduling
from celeriac.services.submissions import Submissions

GROUP_S = 0.1
"""How long one job advances executions before it leaves those that are left to another."""
RUN_ON_S = 0.25
"""How long a job goes on with the next link of its chain by itself: what is short need not go through the broker."""
AWAY_S = 2.0
"""How long a message that could not be stored is held before it goes back into its queue."""
_log = logging.getLogger(__name__)


def add_advance(app: Celery, advance: Callable[[str], None], again: Callable[[Sequence[str]], None]) -> None:
    """celeriac.advance(execution id, …). again: publishes those that are left when others have taken long."""

    @app.task(name=ADVANCE, acks_late=True)
    def _advance(*execution_ids: str) -> None:
        advance_each(advance, execution_ids, again)


def add_execute(app: Celery, attempts: Attempts) -> None:
    """celeriac.execute(execution id, seq, attempt)."""

    @app.task(name=EXECUTE, acks_late=True, bind=True, throws=(TaskRunFailed,))
    def _execute(job: Any, execution_id: str, seq: int, attempt: int) -> None:
        attempts(execution_id, seq, attempt, ChainRest(execution_id, job.request.chain))


def advance_each(
    advance: Callable[[str], None], execution_ids: Sequence[str], again: Callable[[Sequence[str]], None]
) -> None:
    """Advances one after the other; an error of one does not keep the others from it, the last one is raised."""
    until = time.monotonic() + GROUP_S
    failed: Exception | None = None
    for number, execution_id in enumerate(execution_ids):
        if number and time.monotonic() > until:
            again(execution_ids[number:])
            break
        try:
            advance(execution_id)
        except Exception as error:  # noqa: BLE001 # the edge of a job, it is raised again
            if failed is not None:
                _log.error("advance failed", exc_info=failed)
            failed = error
    if failed is not None:
        raise failed


def add_submit(app: Celery, submissions: Submissions) -> None:
    """celeriac.submit(message), or its properties as keyword arguments; its result is the execution's id.

    It sends no events: its arguments hold inputs, which Flower would show. While the database is away the message goes
    back into its queue: a job that fails would be acknowledged, and nothing else knows of it.
    """

    @app.task(name=SUBMIT, acks_late=True, bind=True, ignore_result=False, send_events=False)
    def _submit(job: Any, /, message: Any = None, **properties: Any) -> str:
        try:
            return submissions.accept(f"celery {SUBMIT}", message or properties, message_id=job.request.id)
        except submissions.dead_letters.Unavailable as error:
            time.sleep(AWAY_S)
            raise Reject(str(error), requeue=True) from error


def add_fire(app: Celery, scheduling: Scheduling) -> None:
    """celeriac.fire(namespace, flow id, trigger id): an alarm rings; the database says whether anything is due."""

    @app.task(name=FIRE, acks_late=True)
    def _fire(namespace: str, flow_id: str, trigger_id: str) -> None:
        scheduling.fire(namespace, flow_id, trigger_id)


class ChainRest:
    """Implements `services.attempts.Rest` on the links that Celery keeps in a job's request, the next one last.

    The final link is never taken: in a chord it is the job whose end Celery counts, elsewhere it is the advance.
    """

    def __init__(self, execution_id: str, links: list[Any] | None) -> None:
        self._execution_id = execution_id
        self._links = links or []
        self._until = time.monotonic() + RUN_ON_S

    def may_take(self, seq: int) -> bool:
        if len(self._links) < 2 or time.monotonic() > self._until:
            return False
        link = self._links[-1]
        return link["task"] == EXECUTE and list(link["args"][:2]) == [self._execution_id, seq]

    def take(self) -> None:
        self._links.pop()
