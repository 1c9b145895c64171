"""Functions about dates."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.filters.dates import date_text, zone
from celeriac.core.expression.holidays import is_public_holiday
from celeriac.core.expression.java_date_parsing import date_of
from celeriac.core.expression.scope import Scope

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_POSITIONS = {"FIRST": 1, "SECOND": 2, "THIRD": 3, "FOURTH": 4, "FIFTH": 5}


def now(
    scope: Scope,
    format_: str | None = None,
    time_zone: str | None = None,
    existing_format: str | None = None,
    locale: str | None = None,
) -> Any:
    """The current date as text."""
    return date_text(scope, scope.world.now(), format_, time_zone, existing_format, locale)


def is_weekend(scope: Scope, date: Any) -> bool:
    """True on Saturdays and Sundays."""
    return _date(scope, date).weekday() >= 5


def is_day_week_in_month(scope: Scope, date: Any, day_of_week: str, position: str) -> bool:
    """True for the FIRST … FOURTH or LAST TUESDAY … of its month."""
    moment = _date(scope, date)
    if str(day_of_week).upper() not in _DAYS or (str(position).upper() not in (*_POSITIONS, "LAST")):
        raise ExpressionError(
            "`isDayWeekInMonth` expects a day such as MONDAY and FIRST, SECOND, THIRD, FOURTH or LAST"
        )
    if _DAYS[moment.weekday()] != str(day_of_week).upper():
        return False
    if str(position).upper() == "LAST":
        return moment.day + 7 > monthrange(moment.year, moment.month)[1]
    return (moment.day - 1) // 7 + 1 == _POSITIONS[str(position).upper()]


def is_last_working_day(scope: Scope, date: Any) -> bool:
    """True on the last day of a month that is no Saturday or Sunday."""
    moment = _date(scope, date)
    last = moment.replace(day=monthrange(moment.year, moment.month)[1])
    last -= timedelta(days=max(0, last.weekday() - 4))
    return moment.day == last.day


def is_holiday(scope: Scope, date: Any, country_code: str, sub_division: str | None = None) -> bool:
    """True on a public holiday of the country."""
    return is_public_holiday(_date(scope, date).date(), country_code, sub_division)


def _date(scope: Scope, value: Any) -> datetime:
    if value is None:
        raise ExpressionError("The function expects an argument `date`")
    return date_of(value, zone(scope, None))


CALENDAR_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "dayOfMonth": lambda scope, date: _date(scope, date).day,
    "dayOfWeek": lambda scope, date: _DAYS[_date(scope, date).weekday()],
    "hourOfDay": lambda scope, date: _date(scope, date).hour,
    "isDayWeekInMonth": is_day_week_in_month,
    "isLastWorkingDay": is_last_working_day,
    "isPublicHoliday": is_holiday,
    "isWeekend": is_weekend,
    "monthOfYear": lambda scope, date: _date(scope, date).month,
    "now": now,
}
