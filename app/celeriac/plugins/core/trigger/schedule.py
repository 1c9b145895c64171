"""Starts executions at the dates of a cron expression."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.condition_type import AnyCondition
from celeriac.core.cron import Cron, CronInvalid, parse_cron, parse_zone
from celeriac.core.dates import Duration
from celeriac.core.trigger_type import TriggerType


class RecoverMissedSchedules(StrEnum):
    """Which of the dates that passed while nobody looked are made up for."""

    ALL = "ALL"
    LAST = "LAST"
    NONE = "NONE"


class _Dated(TriggerType):
    """What both kinds of schedule have."""

    timezone: str | None = None
    recover_missed_schedules: RecoverMissedSchedules | None = None
    interval: None = None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parse_zone(value)
            except ValueError as error:
                raise PydanticCustomError("timezone", "{reason}", {"reason": str(error)}) from error
        return value


class Schedule(_Dated):
    """Starts an execution at each date of `cron`, in `timezone` (default: that of the server).

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

    @model_validator(mode="after")
    def _cron(self) -> Self:
        try:
            parse_cron(self.cron, with_seconds=self.with_seconds)
        except CronInvalid as error:
            raise PydanticCustomError("cron", "{reason}", {"reason": str(error), "at": "cron"}) from error
        return self


class ScheduleOnDates(_Dated):
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
