"""Sends what services hand over after their commit. Never raises for a broker that is away: the rows are the outbox."""

import logging
import threading
import time
from collections.abc import Sequence

import kombu.exceptions
import redis.exceptions
from celery import Celery
from kombu.transport import pyamqp

from celeriac.core.decision import Fan
from celeriac.dispatch.canvas import advance, canvases

GROUP = 8
"""Executions that one message advances at most."""
BUSY_S = 0.03
GATHER_S = 0.01
"""How long a hint waits for others when the one before it was sent less than BUSY_S ago."""
_AWAY: tuple[type[Exception], ...] = (
    *(kombu.exceptions.OperationalError, redis.exceptions.RedisError, OSError),
    *(*pyamqp.Transport.connection_errors, *pyamqp.Transport.channel_errors),
)
_log = logging.getLogger(__name__)


class CeleryPublisher:
    """Implements `services.advance.Publisher` with a Celery application."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def advance(self, execution_ids: Sequence[str]) -> None:
        """Hints that these executions have facts to fold, a few by each message: half of what one costs is Celery's."""
        try:
            for start in range(0, len(execution_ids), GROUP):
                advance(self._app, *execution_ids[start : start + GROUP]).apply_async()
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


class GatheringPublisher:
    """Sends hints from a thread of its own: what comes while a message is on its way goes together with the next.

    A hint after a pause goes at once; when they follow one another, each message waits a moment for more.
    For processes that many requests at once make use of. Hints that are lost with the process are found by the sweeper.
    """

    def __init__(self, publisher: CeleryPublisher) -> None:
        self._publisher = publisher
        self._waiting: list[str] = []
        self._has_some = threading.Condition()
        self._thread: threading.Thread | None = None

    def advance(self, execution_ids: Sequence[str]) -> None:
        """Returns at once."""
        with self._has_some:
            self._waiting += execution_ids
            if self._thread is None:
                self._thread = threading.Thread(target=self._send, name="publisher", daemon=True)
                self._thread.start()
            self._has_some.notify()

    def fans(self, execution_id: str, fans: Sequence[Fan]) -> None:
        """The jobs of task runs that may run now, sent before it returns."""
        self._publisher.fans(execution_id, fans)

    def _send(self) -> None:
        sent_at = 0.0
        while True:
            with self._has_some:
                self._has_some.wait_for(lambda: self._waiting)
                if time.monotonic() - sent_at < BUSY_S:
                    self._has_some.wait_for(lambda: len(self._waiting) >= GROUP, timeout=GATHER_S)
                gathered, self._waiting = self._waiting, []
            sent_at = time.monotonic()
            try:
                self._publisher.advance(list(dict.fromkeys(gathered)))
            except Exception:  # noqa: BLE001 # the edge of the thread, which nobody would begin anew
                _log.exception("not published", extra={"job": "advance"})


class NoPublisher:
    """Publishes nothing: for a process that only prepares rows which the sweeper of another will find."""

    def advance(self, execution_ids: Sequence[str]) -> None:
        return

    def fans(self, execution_id: str, fans: Sequence[Fan]) -> None:
        return
