"""Conditions on the date of a trigger."""

from typing import ClassVar, Literal

from celeriac.core.condition_type import ConditionType

Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


class _OnDate(ConditionType):
    date: str = "{{ trigger.date }}"


class DateTimeBetween(_OnDate):
    """The date lies between two others, without them."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.DateTimeBetween"

    after: str | None = None
    before: str | None = None


class TimeBetween(_OnDate):
    """The time of day lies between two others; across midnight when `after` is the later one."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.TimeBetween"

    after: str | None = None
    before: str | None = None


class DayWeek(_OnDate):
    """The date is such a day of the week."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.DayWeek"

    day_of_week: Day | str


class DayWeekInMonth(_OnDate):
    """The date is the first (second … last) such day of its month."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.DayWeekInMonth"

    day_of_week: Day | str
    day_in_month: Literal["FIRST", "SECOND", "THIRD", "FOURTH", "LAST"] | str


class Weekend(_OnDate):
    """The date is a Saturday or a Sunday."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.Weekend"


class PublicHoliday(_OnDate):
    """The date is a public holiday of a country (ISO 3166)."""

    type_name: ClassVar[str] = "io.kestra.plugin.core.condition.PublicHoliday"

    country: str | None = None
    sub_division: str | None = None
