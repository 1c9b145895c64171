"""What the broker can tell about its queues."""

import secrets
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import kombu.exceptions
import redis
from kombu import Connection, Queue

from celeriac.dispatch.app import DEFAULT_QUEUE, ORCHESTRATE_QUEUE

_INCARNATION = "celeriac:incarnation"
_QUEUES = (DEFAULT_QUEUE, ORCHESTRATE_QUEUE)
Answer = TypeVar("Answer")


class RedisQueue:
    """Implements `services.sweeping.Queue` on the Redis or Valkey that carries the messages."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def is_empty(self) -> bool:
        """True when neither queue holds a message, whatever its priority."""
        depths = self.depths()
        return depths is not None and not any(depths.values())

    def depths(self) -> dict[str, int] | None:
        """{queue: messages that wait}; None while the broker is away."""
        try:
            return {queue: self._depth(queue) for queue in _QUEUES}
        except redis.RedisError:
            return None

    def incarnation(self) -> str | None:
        """A random text that lives as long as the broker's data."""
        try:
            self._redis.set(_INCARNATION, secrets.token_hex(8), nx=True)
            value = self._redis.get(_INCARNATION)
        except redis.RedisError:
            return None
        return value.decode() if isinstance(value, bytes) else None

    def _depth(self, queue: str) -> int:
        return sum(int(self._redis.llen(f"{queue}{priority}")) for priority in _PRIORITIES)


class AmqpQueue:
    """Implements `services.sweeping.Queue` on RabbitMQ, which keeps its messages: it has one incarnation for ever."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url, connect_timeout=2, heartbeat=0)
        self._lock = threading.Lock()

    def is_empty(self) -> bool:
        """True when neither queue holds a message that waits; a queue that nobody has declared yet is empty."""
        depths = self.depths()
        return depths is not None and not any(depths.values())

    def depths(self) -> dict[str, int] | None:
        """{queue: messages that wait}; None while the broker is away."""
        return self._asked(lambda: {queue: self._waiting(queue) for queue in _QUEUES})

    def incarnation(self) -> str | None:
        """The same text whenever the broker answers."""
        return self._asked(self._greet)

    def _greet(self) -> str:
        self._connection.ensure_connection(max_retries=1, interval_start=0)
        with self._connection.channel():
            return "amqp"

    def _asked(self, ask: Callable[[], Answer]) -> Answer | None:
        """One thread at a time: a connection of AMQP is not for several."""
        with self._lock:
            try:
                return ask()
            except self._away:
                self._connection.close()
                return None

    @property
    def _away(self) -> tuple[type[Exception], ...]:
        return (*self._connection.connection_errors, kombu.exceptions.OperationalError, OSError)

    def _waiting(self, name: str) -> int:
        with self._connection.channel() as channel:
            try:
                declared: Any = Queue(name, channel=channel).queue_declare(passive=True)
                return int(declared.message_count)
            except self._connection.channel_errors:
                return 0


class UnknownQueue:
    """For brokers that keep their messages and tell nothing: what was published is not published again."""

    def is_empty(self) -> bool:
        return False

    def depths(self) -> dict[str, int] | None:
        return {}

    def incarnation(self) -> str | None:
        return ""


_PRIORITIES = ("", "\x06\x163", "\x06\x166", "\x06\x169")


def queue_of(broker_url: str) -> RedisQueue | AmqpQueue | UnknownQueue:
    """What can be known of this broker."""
    if broker_url.startswith(("redis", "valkey")):
        return RedisQueue(broker_url)
    return AmqpQueue(broker_url) if broker_url.startswith(("amqp", "pyamqp")) else UnknownQueue()
