"""The Celery application of a process with its jobs."""

from celery import Celery

from celeriac.dispatch.app import make_celery
from celeriac.services.attempts import Attempts
from celeriac.settings import Settings
from celeriac.wiring import App
from celeriac_workers.jobs import add_advance, add_execute, add_fire, add_submit

AMQP_PREFETCH = 32
"""What a job leaves to kombu's loop, such as its acknowledgement, waits there for the next event (kombu 5.7): with one
message at a time, RabbitMQ has none to send before it, and an orchestrator stands still for seconds (measured)."""


def orchestrator_app(celeriac: App) -> Celery:
    """Advances executions, starts those that are due and those that producers ask for."""
    app = make_celery(celeriac.settings.broker_url, celeriac.settings.redis_url)
    if celeriac.settings.broker_url.startswith(("amqp", "pyamqp")):
        app.conf.worker_prefetch_multiplier = AMQP_PREFETCH
    add_advance(app, celeriac.advance, celeriac.publisher.advance)
    add_fire(app, celeriac.trigger_parts.scheduling)
    add_submit(app, celeriac.submissions)
    return app


def worker_app(settings: Settings, attempts: Attempts) -> Celery:
    """Runs task runs."""
    app = make_celery(settings.broker_url, settings.redis_url)
    add_execute(app, attempts)
    return app
