"""Starts executions at the dates of a cron expression."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.condition_type import AnyCondition, ConditionType
from celeriac.core.cron import Cron, CronInvalid, parse_cron
from celeriac.core.dated_trigger import Alarm, DatedTrigger
from celeriac.core.dates import Duration
from celeriac.core.expression.java_date_parsing import date_of


class Schedule(DatedTrigger):
    """Starts an execution at each date of `cron`, in `timezone` (default: UTC).

    Example:
        id: schedule
        namespace: examples
        tasks:
          - {id: log, type: io.kestra.plugin.core.log.Log, message: "Good morning, it is {{ trigger.date ?? 'early' }}"}
        triggers:
          - id: every_morning
            type: io.kestra.plugin.core.trigger.Schedule
            cron: "0 9 * * MON-FRI"
            timezone: Europe/Paris
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.trigger.Schedule"

    cron: str
    with_seconds: bool = False
    late_maximum_delay: Duration | None = None
    schedule_conditions: list[AnyCondition] = []
    backfill: Any = None

    @property
    def dates(self) -> Cron:
        """The dates of the expression."""
        return parse_cron(self.cron, with_seconds=self.with_seconds)

    @property
    def all_conditions(self) -> list[ConditionType]:
        return [*self.conditions, *self.schedule_conditions]

    @property
    def latest(self) -> timedelta | None:
        return self.late_maximum_delay

    @property
    def alarm(self) -> Alarm | None:
        return Alarm(self.cron, self.with_seconds, self.timezone or "")

    def after(self, moment: datetime) -> Iterator[datetime]:
        return self.dates.all_after(moment.astimezone(self.zone(moment.tzinfo)))

    def before(self, moment: datetime) -> Iterator[datetime]:
        return self.dates.all_before(moment.astimezone(self.zone(moment.tzinfo)))

    @model_validator(mode="after")
    def _cron(self) -> Self:
        try:
            parse_cron(self.cron, with_seconds=self.with_seconds)
        except CronInvalid as error:
            raise PydanticCustomError("cron", "{reason}", {"reason": str(error), "at": "cron"}) from error
        return self


class ScheduleOnDates(DatedTrigger):
    """Starts an execution at each of the dates listed.

    Example:
        id: schedule_on_dates
        namespace: examples
        tasks:
          - {id: log, type: io.kestra.plugin.core.log.Log, message: "Half a year has passed"}
        triggers:
          - id: twice
            type: io.kestra.plugin.core.trigger.ScheduleOnDates
            dates:
              - "2026-01-01T09:00:00Z"
              - "2026-07-01T09:00:00Z"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.trigger.ScheduleOnDates"

    dates: list[datetime]

    def after(self, moment: datetime) -> Iterator[datetime]:
        return iter([date for date in self._sorted(moment) if date > moment])

    def before(self, moment: datetime) -> Iterator[datetime]:
        return iter([date for date in reversed(self._sorted(moment)) if date < moment])

    def _sorted(self, moment: datetime) -> list[datetime]:
        zone = self.zone(moment.tzinfo) or UTC
        return sorted({date_of(date, zone).astimezone(zone) for date in self.dates})
