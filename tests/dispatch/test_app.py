"""The Celery application: its guard against kombu, and that making it touches nothing."""

import pytest
import redis.exceptions
from kombu.transport.redis import Channel

from celeriac.dispatch.app import guard_redis_channel, make_celery


class GoneConnection:
    """A transport whose client is gone, as kombu leaves it after an outage."""

    client = None


def channel_of(connection: object) -> Channel:
    channel = Channel.__new__(Channel)
    channel.connection = connection
    channel.do_restore = False
    return channel


@pytest.mark.parametrize("connection", [None, GoneConnection()])
def test_a_channel_whose_connection_is_gone_says_so_as_redis_does(connection: object) -> None:
    make_celery("redis://127.0.0.1:1", "redis://127.0.0.1:1")

    with pytest.raises(redis.exceptions.ConnectionError):
        channel_of(connection)._connparams()


def test_the_guard_is_put_on_once() -> None:
    guard_redis_channel()
    guarded = Channel._connparams

    guard_redis_channel()

    assert Channel._connparams is guarded


def test_an_application_is_made_without_a_broker() -> None:
    app = make_celery("redis://127.0.0.1:1", "redis://127.0.0.1:1")

    assert app.conf.task_serializer == app.conf.event_serializer == "json"
    assert app.conf.accept_content == ["json"]
