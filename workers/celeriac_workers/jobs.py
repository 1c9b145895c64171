"""The jobs. They carry ids only, may arrive twice, and hand everything else to services."""

from celery import Celery

from celeriac.dispatch.app import ADVANCE, EXECUTE
from celeriac.services.advance import Advance
from celeriac.services.attempts import Attempts


def add_advance(app: Celery, advance: Advance) -> None:
    """celeriac.advance(execution id)."""

    @app.task(name=ADVANCE, acks_late=True)
    def _advance(execution_id: str) -> None:
        advance(execution_id)


def add_execute(app: Celery, attempts: Attempts) -> None:
    """celeriac.execute(execution id, seq, attempt)."""

    @app.task(name=EXECUTE, acks_late=True)
    def _execute(execution_id: str, seq: int, attempt: int) -> None:
        attempts(execution_id, seq, attempt)
