"""Runs RedBeat's scheduler for as long as it holds the lock; without it, waits for the other beat to let go."""

import logging
from collections.abc import Callable

import kombu.exceptions
import redis
from celery import Celery
from redbeat.schedulers import LUA_EXTEND_TO_SCRIPT, get_redis

from celeriac.dispatch.schedule import LOCK_S, LOOP_S, Scheduler

_AWAY = (redis.RedisError, kombu.exceptions.OperationalError, OSError)
_log = logging.getLogger(__name__)
Stopped = Callable[[float], bool]
"""Waits so many seconds, or until the process is told to end, and is then true."""


def ring(app: Celery, stopped: Stopped) -> None:
    """Until `stopped` is true. A lost lock or a Redis that is away is a pause, never an end."""
    while not stopped(0):
        try:
            _hold(app, stopped)
        except _AWAY as error:
            _log.warning("beat begins again", extra={"error": f"{type(error).__name__}: {error}"})
        if stopped(LOOP_S):
            return


def _hold(app: Celery, stopped: Stopped) -> None:
    """One term of the lock. Raises: LockNotOwnedError when somebody else has it meanwhile."""
    scheduler = Scheduler(app, lazy=True)
    client = get_redis(app)
    lock = client.lock(scheduler.lock_key, timeout=LOCK_S)
    lock.lua_extend = client.register_script(LUA_EXTEND_TO_SCRIPT)
    if not lock.acquire(blocking=False):
        return
    _log.info("beat holds the lock")
    scheduler.lock = lock
    try:
        scheduler.setup_schedule()
        while not stopped(max(0.0, scheduler.tick())):
            continue
    finally:
        scheduler.close()
