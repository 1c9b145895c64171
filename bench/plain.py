"""Plain Celery: one task that does nothing, with Celery's own defaults."""

import os

from celery import Celery


def make_app(broker_url: str, queue: str) -> Celery:
    """An application with the task `noop`, which keeps no result unless it is asked to."""
    celery = Celery("plain", broker=broker_url, backend=broker_url)
    celery.conf.update(task_default_queue=queue, worker_prefetch_multiplier=4)

    @celery.task(name="noop", ignore_result=True, shared=False)
    def noop(counter: str = "") -> None:
        """Does nothing; the last of a chain may count itself."""
        if counter:
            celery.backend.client.incr(counter)

    return celery


app = make_app(os.environ["BENCH_BROKER_URL"], os.environ["BENCH_QUEUE"]) if "BENCH_BROKER_URL" in os.environ else None
