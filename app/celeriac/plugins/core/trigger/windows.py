"""Windows of time within which the executions that a Flow trigger waits for must happen."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.collecting import Period, Span
from celeriac.core.cron import parse_zone
from celeriac.core.dates import Duration
from celeriac.core.flow import Model

DAY = timedelta(days=1)
_NAMES = {"deadline": "a deadline", "start_time": "a start time", "end_time": "an end time", "window": "a window"}
_NEEDED: dict[str, tuple[str, ...]] = {
    "DAILY_TIME_DEADLINE": ("deadline",),
    "DAILY_TIME_WINDOW": ("start_time", "end_time"),
    "DURATION_WINDOW": (),
    "SLIDING_WINDOW": (),
}
_ALLOWED: dict[str, tuple[str, ...]] = {
    "DAILY_TIME_DEADLINE": ("deadline",),
    "DAILY_TIME_WINDOW": ("start_time", "end_time"),
    "DURATION_WINDOW": ("window",),
    "SLIDING_WINDOW": ("window",),
}


class TimeWindow(Model):
    """`preconditions.timeWindow` (up to 1.x). Without a window: a day. Times are UTC unless they carry an offset."""

    type: Literal["DURATION_WINDOW", "SLIDING_WINDOW", "DAILY_TIME_DEADLINE", "DAILY_TIME_WINDOW"] = "DURATION_WINDOW"
    deadline: time | None = None
    start_time: time | None = None
    end_time: time | None = None
    window: Duration | None = None
    window_advance: Duration | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        missing = [f"must have {_NAMES[name]}" for name in _NEEDED[self.type] if getattr(self, name) is None]
        surplus = [
            f"cannot have {text}"
            for name, text in _NAMES.items()
            if name not in _ALLOWED[self.type] and getattr(self, name) is not None
        ]
        if missing or surplus:
            reasons = " ".join(f"Time window of type `{self.type}` {reason}." for reason in (*missing, *surplus))
            raise PydanticCustomError("window", "{reasons}", {"reasons": reasons})
        return self

    @property
    def period(self) -> Period:
        """When executions count."""
        if self.deadline is not None:
            return daily(time(), self.deadline, UTC)
        if self.start_time is not None and self.end_time is not None:
            return daily(self.start_time, self.end_time, UTC)
        length = self.window or DAY
        if self.type == "SLIDING_WINDOW":
            return sliding(length)
        return aligned(length, self.window_advance or timedelta(), UTC)


class Window(Model):
    """`window` of a Flow trigger (2.0): a deadline, a span of the day, a rhythm, or a time looked back."""

    deadline: time | None = None
    from_: Annotated[time | None, Field(alias="from")] = None
    to: time | None = None
    every: Duration | None = None
    offset: Duration | None = None
    lookback: Duration | None = None
    timezone: str | None = None
    fire_once: bool = False

    @property
    def period(self) -> Period:
        """When executions count."""
        zone = UTC if self.timezone is None else parse_zone(self.timezone)
        if self.lookback is not None:
            return sliding(self.lookback)
        if self.deadline is not None:
            return daily(time(), self.deadline, zone)
        if self.from_ is not None or self.to is not None:
            return daily(self.from_ or time(), self.to or time(), zone)
        return aligned(self.every or DAY, self.offset or timedelta(), zone)


def sliding(length: timedelta) -> Period:
    """At any time, not further apart than `length`."""
    return Period(lambda moment: None, lookback=length)


def daily(start: time, end: time, zone: tzinfo) -> Period:
    """From one time of day to another, past midnight when `end` is not the later one. A time may have its own zone."""
    own = start.tzinfo or end.tzinfo or zone

    def span(moment: datetime) -> Span | None:
        today = moment.astimezone(own).date()
        for day in (today - DAY, today):
            opens = datetime.combine(day, start.replace(tzinfo=None), own)
            closes = datetime.combine(day, end.replace(tzinfo=None), own)
            if closes <= opens:
                closes = datetime.combine(day + DAY, end.replace(tzinfo=None), own)
            if opens <= moment < closes:
                return opens, closes
        return None

    return Period(span)


def aligned(length: timedelta, offset: timedelta, zone: tzinfo) -> Period:
    """One span after the other: of days from midnight on, of hours and less from the full hour on."""

    def span(moment: datetime) -> Span:
        local = moment.astimezone(zone)
        start = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if length % DAY:
            start += (local.replace(tzinfo=None) - start.replace(tzinfo=None)) // length * length
        start += offset % length
        while start > moment:
            start -= length
        while start + length <= moment:
            start += length
        return start, start + length

    return Period(span)
