"""All sources of one listener process, each read by a thread of its own."""

import threading
from collections.abc import Sequence
from typing import Protocol

from celeriac.services.submissions import Submissions
from celeriac.settings import Settings
from celeriac_workers.listeners.amqp_queue import AmqpQueue
from celeriac_workers.listeners.redis_stream import RedisStream

_CHECK_S = 1.0


class Source(Protocol):
    """Something that messages come from. `run` returns when it is told to stop, and only then."""

    source: str

    def run(self, stop: threading.Event) -> None: ...


def sources(settings: Settings, submissions: Submissions) -> list[Source]:
    """What these settings name: the stream on Redis, the queue on RabbitMQ."""
    found: list[Source] = []
    if settings.redis_url:
        found.append(RedisStream(settings.redis_url, submissions))
    if settings.amqp_url:
        found.append(AmqpQueue(settings.amqp_url, submissions))
    return found


def listen(listened: Sequence[Source], stop: threading.Event) -> bool:
    """Reads until `stop` is set; False, at once, when a source has ended by a bug: the process should be made anew."""
    threads = [threading.Thread(target=one.run, args=(stop,), name=one.source, daemon=True) for one in listened]
    for thread in threads:
        thread.start()
    while not stop.wait(_CHECK_S):
        if not all(thread.is_alive() for thread in threads):
            return False
    for thread in threads:
        thread.join()
    return True
