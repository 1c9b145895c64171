"""Sends what services hand over after their commit. Never raises for a broker that is away: the rows are the outbox."""

import logging
from collections.abc import Sequence

import kombu.exceptions
import redis.exceptions
from celery import Celery

from celeriac.core.decision import Fan
from celeriac.dispatch.canvas import advance, canvases

_AWAY = (kombu.exceptions.OperationalError, redis.exceptions.RedisError, ConnectionError, TimeoutError)
_log = logging.getLogger(__name__)


class CeleryPublisher:
    """Implements `services.advance.Publisher` with a Celery application."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def advance(self, execution_ids: Sequence[str]) -> None:
        """Hints that these executions have facts to fold."""
        try:
            for execution_id in execution_ids:
                advance(self._app, execution_id).apply_async()
        except _AWAY as error:
            _log.warning("not published", extra={"job": "advance", "error": str(error)})

    def fans(self, execution_id: str, fans: Sequence[Fan]) -> None:
        """The jobs of task runs that may run now."""
        try:
            signatures = canvases(self._app, execution_id, fans)
            if len(signatures) == 1:
                signatures[0].apply_async()
                return
            with self._app.amqp.producer_pool.acquire(block=True) as producer:
                if not hasattr(producer, "batch"):
                    for signature in signatures:
                        signature.apply_async(producer=producer)
                    return
                with producer.batch(200):
                    for signature in signatures:
                        signature.apply_async(producer=producer, retry=False)
        except _AWAY as error:
            _log.warning("not published", extra={"job": "execute", "execution_id": execution_id, "error": str(error)})


class NoPublisher:
    """Publishes nothing: for a process that only prepares rows which the sweeper of another will find."""

    def advance(self, execution_ids: Sequence[str]) -> None:
        return

    def fans(self, execution_id: str, fans: Sequence[Fan]) -> None:
        return
