"""The Celery application of this process with its jobs."""

from celery import Celery

from celeriac.dispatch.app import ADVANCE, EXECUTE, make_celery
from celeriac.settings import Settings
from celeriac_workers.jobs import Advance, Execute


def orchestrator_app(settings: Settings, advance: Advance) -> Celery:
    """Advances executions."""
    app = make_celery(settings.broker_url, settings.redis_url)
    app.task(advance, name=ADVANCE, acks_late=True)
    return app


def worker_app(settings: Settings, execute: Execute) -> Celery:
    """Runs task runs."""
    app = make_celery(settings.broker_url, settings.redis_url)
    app.task(execute, name=EXECUTE, acks_late=True)
    return app
