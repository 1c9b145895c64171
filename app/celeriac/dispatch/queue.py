"""What the broker can tell about its queues."""

import secrets

import redis

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


class UnknownQueue:
    """For brokers that keep their messages and tell nothing: what was published is not published again."""

    def is_empty(self) -> bool:
        return False

    def incarnation(self) -> str | None:
        return ""


_PRIORITIES = ("", "\x06\x163", "\x06\x166", "\x06\x169")


def queue_of(broker_url: str) -> RedisQueue | UnknownQueue:
    """What can be known of this broker."""
    return RedisQueue(broker_url) if broker_url.startswith(("redis", "valkey")) else UnknownQueue()
