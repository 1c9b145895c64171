"""Executions that producers ask for on the AMQP queue `celeriac.submit`."""

import logging
import threading

import kombu.exceptions
from kombu import Connection, Consumer, Message, Queue

from celeriac.dispatch.app import SUBMIT, SUBMIT_DEAD
from celeriac.services.submissions import SubmissionRefused, Submissions

_PREFETCH = 50
_PAUSE_S = 2.0
_POLL_S = 1.0
_log = logging.getLogger(__name__)


class AmqpQueue:
    """Reads the queue until it is stopped; declares it and that of the dead letters where they are missing."""

    def __init__(self, url: str, submissions: Submissions, *, queue: str = SUBMIT, dead: str = SUBMIT_DEAD) -> None:
        self.source = f"amqp {queue}"
        self._url = url
        self._submissions = submissions
        self._queue = queue
        self._dead = dead

    def run(self, stop: threading.Event) -> None:
        """Raises nothing: what goes wrong is logged, then it connects again and gets what was not acknowledged."""
        while not stop.is_set():
            connection = Connection(self._url, connect_timeout=5, heartbeat=30)
            away: tuple[type[BaseException], ...] = (
                *connection.connection_errors,
                *connection.channel_errors,
                kombu.exceptions.OperationalError,
                *self._submissions.dead_letters.Unavailable,
            )
            try:
                self._listen(connection, stop)
            except away as error:
                _log.warning("source put off", extra={"source": self.source, "error": str(error)})
                stop.wait(_PAUSE_S)
            finally:
                connection.release()

    def _listen(self, connection: Connection, stop: threading.Event) -> None:
        for name in (self._queue, self._dead):
            _declare(connection, name)
        with connection.channel() as channel:
            consumer = Consumer(
                channel,
                queues=[Queue(self._queue, no_declare=True)],
                on_message=self._accept,
                prefetch_count=_PREFETCH,
                auto_declare=False,
                accept=None,
            )
            with consumer:
                while not stop.is_set():
                    try:
                        connection.drain_events(timeout=_POLL_S)
                    except TimeoutError:
                        connection.heartbeat_check()

    def _accept(self, message: Message) -> None:
        """Acknowledged when the execution, or the dead letter, is committed."""
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        try:
            self._submissions.accept(self.source, body, message_id=message.properties.get("message_id"))
        except SubmissionRefused as error:
            self._bury(body, str(error))
        message.ack()

    def _bury(self, body: bytes, reason: str) -> None:
        """Over a connection of its own: that of the consumer waits for this message's end."""
        with Connection(self._url, connect_timeout=5) as connection, connection.Producer() as producer:
            producer.publish(
                body,
                routing_key=self._dead,
                exchange="",
                content_type="application/json",
                content_encoding="utf-8",
                headers={"reason": reason[:1000]},
                delivery_mode=2,
            )


def _declare(connection: Connection, name: str) -> None:
    """A queue that somebody has made with other arguments is taken as it is."""
    with connection.channel() as channel:
        try:
            Queue(name, channel=channel).queue_declare(passive=True)
            return
        except connection.channel_errors:
            pass
    with connection.channel() as channel:
        Queue(name, durable=True, channel=channel).queue_declare()
