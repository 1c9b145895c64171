"""Conditions on the date of a trigger."""

from calendar import monthrange
from datetime import datetime, time, tzinfo
from typing import ClassVar, Literal

from celeriac.core.condition_type import ConditionType, Situation
from celeriac.core.errors import ExpressionError
from celeriac.core.expression.holidays import is_public_holiday

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
POSITIONS = ("FIRST", "SECOND", "THIRD", "FOURTH", "LAST")
Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


class _OnDate(ConditionType):
    date: str = "{{ trigger.date }}"


class DateTimeBetween(_OnDate):
    """The date lies between two others, without them."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.DateTimeBetween"

    after: str | None = None
    before: str | None = None

    def holds(self, situation: Situation) -> bool:
        date = situation.date(self.date)
        return (self.after is None or date > situation.date(self.after)) and (
            self.before is None or date < situation.date(self.before)
        )


class TimeBetween(_OnDate):
    """The time of day lies between two others; across midnight when `after` is the later one."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.TimeBetween"

    after: str | None = None
    before: str | None = None

    def holds(self, situation: Situation) -> bool:
        date = situation.date(self.date)
        now_s = _second_of_day(date.timetz(), date)
        after_s, before_s = (
            None if text is None else _second_of_day(_time(situation.text(text), date.tzinfo), date)
            for text in (self.after, self.before)
        )
        is_after = after_s is None or now_s > after_s
        is_before = before_s is None or now_s < before_s
        if after_s is not None and before_s is not None and after_s > before_s:
            return is_after or is_before
        return is_after and is_before


class DayWeek(_OnDate):
    """The date is such a day of the week."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.DayWeek"

    day_of_week: Day | str

    def holds(self, situation: Situation) -> bool:
        return situation.date(self.date).weekday() == _day(situation.text(self.day_of_week))


class DayWeekInMonth(_OnDate):
    """The date is the first (second … last) such day of its month."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.DayWeekInMonth"

    day_of_week: Day | str
    day_in_month: Literal["FIRST", "SECOND", "THIRD", "FOURTH", "LAST"] | str

    def holds(self, situation: Situation) -> bool:
        date, position = situation.date(self.date), situation.text(self.day_in_month).upper()
        if position not in POSITIONS:
            raise ExpressionError(f"`{position}` is no place in a month; use one of {', '.join(POSITIONS)}")
        if date.weekday() != _day(situation.text(self.day_of_week)):
            return False
        if position == "LAST":
            return date.day + 7 > monthrange(date.year, date.month)[1]
        return (date.day - 1) // 7 == POSITIONS.index(position)


class Weekend(_OnDate):
    """The date is a Saturday or a Sunday."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Weekend"

    def holds(self, situation: Situation) -> bool:
        return situation.date(self.date).weekday() >= 5


class PublicHoliday(_OnDate):
    """The date is a public holiday of a country (ISO 3166)."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.PublicHoliday"

    country: str | None = None
    sub_division: str | None = None

    def holds(self, situation: Situation) -> bool:
        if self.country is None:
            raise ExpressionError("The condition PublicHoliday needs `country`, such as FR")
        division = None if self.sub_division is None else situation.text(self.sub_division)
        return is_public_holiday(situation.date(self.date).date(), situation.text(self.country), division)


def _day(name: str) -> int:
    if name.upper() not in DAYS:
        raise ExpressionError(f"`{name}` is no day of the week; use one of {', '.join(DAYS)}")
    return DAYS.index(name.upper())


def _time(text: str, zone: tzinfo | None) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError as error:
        raise ExpressionError(f"`{text}` is no time such as 09:00:00+02:00") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _second_of_day(clock: time, date: datetime) -> float:
    """Seconds since midnight in UTC, negative or over a day by the offset. Source: java.time.OffsetTime."""
    offset = datetime.combine(date.date(), clock).utcoffset()
    of_day = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1_000_000
    return of_day - (offset.total_seconds() if offset else 0)
