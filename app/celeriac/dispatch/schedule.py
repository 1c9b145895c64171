"""RedBeat as an alarm clock: entries with seconds and time zones of their own, which it cannot write by itself.

The database knows which dates are due. What is in Redis may be lost, late or double; it is made again.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from celery import Celery
from celery.schedules import BaseSchedule, schedstate
from redbeat.decoder import RedBeatJSONDecoder, RedBeatJSONEncoder
from redbeat.schedulers import RedBeatScheduler, RedBeatSchedulerEntry, get_redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from celeriac.core.cron import parse_cron, parse_zone
from celeriac.core.dated_trigger import Alarm
from celeriac.dispatch.app import FIRE, ORCHESTRATE_QUEUE, make_celery

LOOP_S = 1
LOCK_S = 6
"""At least five times the loop: with less, beats lose their lock in quiet times (sibson/redbeat#230)."""
STALE_S = 10
"""An alarm that nobody has heard for so long is not heard any more; others have found the date by then."""
_TYPE = "celeriac.cron"
_log = logging.getLogger(__name__)
Key = tuple[str, str, str]


class CronSchedule(BaseSchedule):
    """The dates of an alarm. The zone of the server is UTC."""

    def __init__(self, alarm: Alarm, **options: Any) -> None:
        super().__init__(**options)
        self.alarm = alarm
        self._cron = parse_cron(alarm.cron, with_seconds=alarm.with_seconds)
        self._zone = parse_zone(alarm.zone) if alarm.zone else UTC

    def next_after(self, moment: datetime) -> datetime | None:
        """The first date after a moment."""
        return self._cron.after(moment.astimezone(self._zone))

    def remaining_estimate(self, last_run_at: datetime) -> timedelta:
        date = self.next_after(last_run_at)
        return (datetime.max.replace(tzinfo=UTC) if date is None else date) - datetime.now(UTC)

    def is_due(self, last_run_at: datetime) -> schedstate:
        now = datetime.now(UTC)
        date = self.next_after(last_run_at)
        is_due = date is not None and date <= now
        following = self.next_after(now) if is_due else date
        return schedstate(is_due, LOOP_S if following is None else (following - now).total_seconds())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CronSchedule) and self.alarm == other.alarm

    def __hash__(self) -> int:
        return hash(self.alarm)

    def __repr__(self) -> str:
        return f"<{self.alarm.cron} {self.alarm.zone or 'UTC'}>"


class Encoder(RedBeatJSONEncoder):  # type: ignore[misc] # redbeat is untyped
    """RedBeat's own writes any schedule that it does not know as an interval."""

    def default(self, obj: Any) -> Any:
        if isinstance(obj, CronSchedule):
            alarm = obj.alarm
            return {"__type__": _TYPE, "cron": alarm.cron, "with_seconds": alarm.with_seconds, "zone": alarm.zone}
        return super().default(obj)


class Decoder(RedBeatJSONDecoder):  # type: ignore[misc] # redbeat is untyped
    """Reads what Encoder writes."""

    def dict_to_object(self, d: dict[str, Any]) -> Any:
        if d.get("__type__") == _TYPE:
            return CronSchedule(Alarm(d["cron"], d["with_seconds"], d["zone"]))
        return super().dict_to_object(d)


class Entry(RedBeatSchedulerEntry):  # type: ignore[misc] # redbeat is untyped
    """The alarm of one trigger."""

    @staticmethod
    def decode_definition(definition: str) -> Any:
        return json.loads(definition, cls=Decoder)

    @property
    def due_at(self) -> datetime | None:
        """RedBeat's own adds what remains from now on to the last date."""
        if self.last_run_at is None or not isinstance(self.schedule, CronSchedule):
            due: datetime | None = super().due_at
            return due
        return self.schedule.next_after(self.last_run_at)

    @property
    def definition(self) -> str:
        """What Redis holds of it beside its last date."""
        names = ("name", "task", "args", "kwargs", "options", "schedule", "enabled")
        return json.dumps({name: getattr(self, name) for name in names}, cls=Encoder)

    def save(self) -> "Entry":
        with get_redis(self.app).pipeline() as pipe:
            pipe.hset(self.key, "definition", self.definition)
            pipe.hset(self.key, "meta", json.dumps({"last_run_at": self.last_run_at}, cls=RedBeatJSONEncoder))
            pipe.zadd(self.app.redbeat_conf.schedule_key, {self.key: self.score})
            pipe.execute()
        return self


class Scheduler(RedBeatScheduler):  # type: ignore[misc] # redbeat is untyped
    """RedBeat with our entries."""

    Entry = Entry


def beat_app(broker_url: str, redis_url: str, cell: str) -> Celery:
    """The Celery application of beat: messages go to the broker, entries and lock to Redis."""
    app = make_celery(broker_url, redis_url)
    app.conf.update(
        beat_max_loop_interval=LOOP_S,
        broker_connection_max_retries=2,
        redbeat_lock_timeout=LOCK_S,
        redbeat_redis_url=redis_url,
        redbeat_key_prefix=f"celeriac:beat:{cell}:",
        redbeat_redis_options={
            "socket_timeout": 4,
            "socket_connect_timeout": 2,
            "health_check_interval": 25,
            "retry": Retry(NoBackoff(), 1),
        },
    )
    return app


class RedBeatAlarms:
    """Implements `services.alarms.Alarms` by entries of RedBeat."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def set(self, key: Key, alarm: Alarm | None) -> None:
        try:
            if alarm is None:
                entry = Entry(name="/".join(key), schedule=LOOP_S, app=self._app)
                entry.delete()
            else:
                self._entry(key, alarm).save()
        except redis.RedisError as error:
            _log.warning("alarm not set", extra={"trigger": "/".join(key), "error": str(error)})

    def restore(self, wanted: Mapping[Key, Alarm]) -> None:
        try:
            client = get_redis(self._app)
            entries = {entry.key: entry for entry in (self._entry(*item) for item in wanted.items())}
            listed = set(client.zrange(self._listing, 0, -1))
            for unknown in listed - set(entries):
                client.zrem(self._listing, unknown)
                client.delete(unknown)
            for key, entry in entries.items():
                if key not in listed or client.hget(key, "definition") != entry.definition:
                    entry.save()
            client.set(self._marker, "1")
        except redis.RedisError as error:
            _log.warning("alarms not restored", extra={"error": str(error)})

    def has_forgotten(self) -> bool:
        try:
            return not get_redis(self._app).exists(self._marker)
        except redis.RedisError:
            return False

    @property
    def _listing(self) -> str:
        return f"{self._app.conf.redbeat_key_prefix}:schedule"

    @property
    def _marker(self) -> str:
        """A key that lives as long as the entries do."""
        return f"{self._app.conf.redbeat_key_prefix}:known"

    def _entry(self, key: Key, alarm: Alarm) -> Entry:
        options = {"queue": ORCHESTRATE_QUEUE, "expires": STALE_S}
        return Entry(
            name="/".join(key),
            task=FIRE,
            schedule=CronSchedule(alarm, app=self._app),
            args=list(key),
            options=options,
            app=self._app,
        )
