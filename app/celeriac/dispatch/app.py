"""The Celery application: configuration and names of the jobs, no job itself."""

from typing import Any

import redis.exceptions
from celery import Celery
from kombu.transport import redis as redis_transport

EXECUTE = "celeriac.execute"
ADVANCE = "celeriac.advance"
FIRE = "celeriac.fire"
SUBMIT = "celeriac.submit"
"""Job of producers, and the name of the queue and of the stream that they may use instead."""
SUBMIT_DEAD = "celeriac.submit.dead"
ORCHESTRATE_QUEUE = "orchestrate"
DEFAULT_QUEUE = "default"


def make_celery(broker_url: str, redis_url: str) -> Celery:
    """An application bound to a broker; it opens no connection yet."""
    guard_redis_channel()
    app = Celery("celeriac", broker=broker_url, backend=redis_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        result_expires=6 * 3600,
        result_chord_expires=24 * 3600,
        task_serializer="json",
        result_serializer="json",
        event_serializer="json",
        accept_content=["json"],
        result_accept_content=["json"],
        task_routes={
            ADVANCE: {"queue": ORCHESTRATE_QUEUE},
            FIRE: {"queue": ORCHESTRATE_QUEUE},
            SUBMIT: {"queue": ORCHESTRATE_QUEUE},
            EXECUTE: {"queue": DEFAULT_QUEUE},
        },
        task_default_queue=DEFAULT_QUEUE,
        task_publish_retry_policy={"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 1},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=4,
        broker_transport_options=_transport_options(broker_url),
        result_backend_transport_options={"retry_policy": {"max_retries": 3, "interval_step": 0.2}},
        redis_socket_keepalive=True,
        redis_backend_health_check_interval=25,
        worker_soft_shutdown_timeout=10,
        worker_enable_soft_shutdown_on_idle=True,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_redirect_stdouts=False,
        worker_hijack_root_logger=False,
        worker_max_tasks_per_child=1000,
        task_track_started=False,
        task_send_sent_event=False,
    )
    return app


def _transport_options(broker_url: str) -> dict[str, object]:
    if broker_url.startswith(("amqp", "pyamqp")):
        return {"confirm_publish": True}
    return {
        "visibility_timeout": 86_400,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }


def guard_redis_channel() -> None:
    """kombu 5.7.0: closing a channel of a connection that is gone ends the worker with an AttributeError.

    The original then asks `self.connection.client.hostname` of None; its callers expect a redis ConnectionError.
    """
    channel: Any = redis_transport.Channel
    original = channel._connparams
    if getattr(original, "guarded", False):
        return

    def _connparams(self: redis_transport.Channel, asynchronous: bool = False) -> dict[str, object]:
        if self.connection is None or getattr(self.connection, "client", None) is None:
            raise redis.exceptions.ConnectionError("channel of a closed broker connection")
        return original(self, asynchronous)  # type: ignore[no-any-return] # kombu is untyped

    _connparams.guarded = True  # type: ignore[attr-defined] # marks the function itself
    channel._connparams = _connparams
