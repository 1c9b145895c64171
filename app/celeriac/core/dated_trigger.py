"""Triggers whose dates are known beforehand. Pure: which of the dates are due, and which are made up for."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from celeriac.core.cron import parse_zone
from celeriac.core.trigger_type import TriggerType


class RecoverMissedSchedules(StrEnum):
    """Which of the dates that passed while nobody looked, or while the last execution ran, are made up for."""

    ALL = "ALL"
    LAST = "LAST"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What an alarm clock must know of a trigger to ring at its dates. zone: empty = that of the server."""

    cron: str
    with_seconds: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A date of a trigger, with those beside it."""

    date: datetime
    following: datetime | None = None
    preceding: datetime | None = None

    @property
    def variables(self) -> dict[str, Any]:
        """`trigger.…` of an execution."""
        found = {"date": self.date, "next": self.following, "previous": self.preceding}
        return {name: iso_date(date) for name, date in found.items() if date is not None}


class DatedTrigger(TriggerType):
    """Fires at dates."""

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

    @abstractmethod
    def after(self, moment: datetime) -> Iterator[datetime]:
        """The dates after a moment, the next one first."""

    @abstractmethod
    def before(self, moment: datetime) -> Iterator[datetime]:
        """The dates before a moment, the last one first."""

    @property
    def latest(self) -> timedelta | None:
        """How late a date may be dealt with; None = at any time."""
        return None

    @property
    def alarm(self) -> Alarm | None:
        """None when it needs no alarm clock."""
        return None

    def zone(self, default: tzinfo | None) -> tzinfo | None:
        """The time zone of its dates."""
        return parse_zone(self.timezone) if self.timezone is not None else default

    def occurrence(self, date: datetime) -> Occurrence:
        """One of its dates with those beside it."""
        return Occurrence(date, next(self.after(date), None), next(self.before(date), None))

    def occurrences_after(self, moment: datetime) -> Iterator[Occurrence]:
        """From the first one after a moment on."""
        dates = self.after(moment)
        date = next(dates, None)
        preceding = None if date is None else next(self.before(date), None)
        while date is not None:
            following = next(dates, None)
            yield Occurrence(date, following, preceding)
            preceding, date = date, following

    def occurrences_before(self, moment: datetime) -> Iterator[Occurrence]:
        """From the last one before a moment backwards."""
        dates = self.before(moment)
        date = next(dates, None)
        following = None if date is None else next(self.after(date), None)
        while date is not None:
            preceding = next(dates, None)
            yield Occurrence(date, following, preceding)
            following, date = date, preceding


def iso_date(date: datetime) -> str:
    """`2026-01-31T09:00:00.000000+01:00`, `…Z` in UTC. Source: Kestra 2.0."""
    text = date.isoformat(timespec="microseconds")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def to_deal_with(trigger: DatedTrigger, date: datetime, now: datetime, missed_before: datetime) -> datetime | None:
    """Which date to deal with when `date` is the first one that is due; None = none until after `now`.

    missed_before: dates before it have been missed, and `recoverMissedSchedules` decides about them.
    """
    if trigger.latest is not None and date < now - trigger.latest:
        date = next(trigger.after(now - trigger.latest - _MICROSECOND), now + _MICROSECOND)
        if date > now:
            return None
    policy = trigger.recover_missed_schedules or RecoverMissedSchedules.ALL
    if policy is RecoverMissedSchedules.ALL or date >= missed_before:
        return date
    if policy is RecoverMissedSchedules.NONE:
        return None
    return next(trigger.before(now + _MICROSECOND), date)


_MICROSECOND = timedelta(microseconds=1)
