"""What the broker can tell about its queues."""

import secrets
from typing import Any

import kombu.exceptions
import redis
from kombu import Connection, Queue

from celeriac.dispatch.app import DEFAULT_QUEUE, ORCHESTRATE_QUEUE

_INCARNATION = "celeriac:incarnation"


class RedisQueue:
    """Implements `services.sweeping.Queue` on the Redis or Valkey that carries the messages."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def is_empty(self) -> bool:
        """True when neither queue holds a message, whatever its priority."""
        try:
            names = [f"{queue}{priority}" for queue in (DEFAULT_QUEUE, ORCHESTRATE_QUEUE) for priority in _PRIORITIES]
            return not any(self._redis.llen(name) for name in names)
        except redis.RedisError:
            return False

    def incarnation(self) -> str | None:
        """A random text that lives as long as the broker's data."""
        try:
            self._redis.set(_INCARNATION, secrets.token_hex(8), nx=True)
            value = self._redis.get(_INCARNATION)
        except redis.RedisError:
            return None
        return value.decode() if isinstance(value, bytes) else None


class AmqpQueue:
    """Implements `services.sweeping.Queue` on RabbitMQ, which keeps its messages: it has one incarnation for ever."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url, connect_timeout=2, heartbeat=0)

    def is_empty(self) -> bool:
        """True when neither queue holds a message that waits; a queue that nobody has declared yet is empty."""
        try:
            return not any(self._waiting(name) for name in (DEFAULT_QUEUE, ORCHESTRATE_QUEUE))
        except self._away:
            self._connection.close()
            return False

    def incarnation(self) -> str | None:
        """The same text whenever the broker answers."""
        try:
            self._connection.ensure_connection(max_retries=1, interval_start=0)
            with self._connection.channel():
                return "amqp"
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

    def incarnation(self) -> str | None:
        return ""


_PRIORITIES = ("", "\x06\x163", "\x06\x166", "\x06\x169")


def queue_of(broker_url: str) -> RedisQueue | AmqpQueue | UnknownQueue:
    """What can be known of this broker."""
    if broker_url.startswith(("redis", "valkey")):
        return RedisQueue(broker_url)
    return AmqpQueue(broker_url) if broker_url.startswith(("amqp", "pyamqp")) else UnknownQueue()
