"""The jobs. They carry ids only, may arrive twice, and hand everything else to services."""

import time
from typing import Any

from celery import Celery

from celeriac.dispatch.app import ADVANCE, EXECUTE, SUBMIT
from celeriac.services.advance import Advance
from celeriac.services.attempts import Attempts
from celeriac.services.submissions import Submissions

RUN_ON_S = 0.25
"""How long a job goes on with the next link of its chain by itself: what is short need not go through the broker."""


def add_advance(app: Celery, advance: Advance) -> None:
    """celeriac.advance(execution id)."""

    @app.task(name=ADVANCE, acks_late=True)
    def _advance(execution_id: str) -> None:
        advance(execution_id)


def add_execute(app: Celery, attempts: Attempts) -> None:
    """celeriac.execute(execution id, seq, attempt)."""

    @app.task(name=EXECUTE, acks_late=True, bind=True)
    def _execute(job: Any, execution_id: str, seq: int, attempt: int) -> None:
        attempts(execution_id, seq, attempt, ChainRest(execution_id, job.request.chain))


def add_submit(app: Celery, submissions: Submissions) -> None:
    """celeriac.submit(message), or its properties as keyword arguments; its result is the execution's id."""

    @app.task(name=SUBMIT, acks_late=True, bind=True, ignore_result=False)
    def _submit(job: Any, /, message: Any = None, **properties: Any) -> str:
        return submissions.accept(f"celery {SUBMIT}", message or properties, message_id=job.request.id)


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
