"""Filters on dates. Values without a zone are in `timeZone`, by default in the zone of the world's clock."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.java_date_parsing import date_of, existing
from celeriac.core.expression.java_dates import format_date_time
from celeriac.core.expression.printing import java_text
from celeriac.core.expression.scope import Scope
from celeriac.core.expression.zones import zone_of

_SECONDS = {
    "NANOS": 1e-9,
    "MICROS": 1e-6,
    "MILLIS": 1e-3,
    "SECONDS": 1,
    "MINUTES": 60,
    "HOURS": 3600,
    "HALF_DAYS": 43200,
}
_DAYS = {"DAYS": 1, "WEEKS": 7}
_MONTHS = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1200, "MILLENNIA": 12000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone(scope: Scope, name: str | None) -> tzinfo:
    """The zone named, or that of the clock."""
    return zone_of(name) if name else scope.world.now().tzinfo or UTC


def date_text(
    scope: Scope,
    value: Any,
    format_: str | None = None,
    time_zone: str | None = None,
    existing_format: str | None = None,
    locale: str | None = None,
) -> Any:
    """A date as text."""
    if value is None:
        return None
    place = zone(scope, time_zone)
    moment = date_of(value, place, existing_format).astimezone(place)
    return format_date_time(moment, "iso" if format_ is None else java_text(format_), locale)


def date_add(
    scope: Scope,
    value: Any,
    amount: Any,
    unit: str,
    format_: str | None = None,
    time_zone: str | None = None,
    existing_format: str | None = None,
    locale: str | None = None,
) -> Any:
    """A date moved by an amount of DAYS, HOURS, MONTHS …, as text."""
    if value is None:
        return None
    place = zone(scope, time_zone)
    moved = _moved(date_of(value, place, existing_format), int(float(amount)), java_text(unit))
    return format_date_time(moved.astimezone(place), "iso" if format_ is None else java_text(format_), locale)


def _moved(moment: datetime, amount: int, unit: str) -> datetime:
    if unit in _SECONDS:
        return (moment.astimezone(UTC) + timedelta(seconds=amount * _SECONDS[unit])).astimezone(moment.tzinfo)
    if unit in _DAYS:
        return existing(moment + timedelta(days=amount * _DAYS[unit]))
    if unit not in _MONTHS:
        raise ExpressionError(f"`{unit}` is no unit of time; units are {', '.join([*_SECONDS, *_DAYS, *_MONTHS])}")
    year, month = divmod(moment.year * 12 + moment.month - 1 + amount * _MONTHS[unit], 12)
    for day in range(moment.day, 27, -1):
        try:
            return existing(moment.replace(year=year, month=month + 1, day=day))
        except ValueError:
            if not 1 <= year <= 9999:
                break
    return moment.replace(year=year, month=month + 1)


def _micros(scope: Scope, value: Any, time_zone: str | None, existing_format: str | None) -> int:
    moment = date_of(value, zone(scope, time_zone), existing_format)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def timestamp(scope: Scope, value: Any, time_zone: str | None = None, existing_format: str | None = None) -> Any:
    """Seconds since 1970."""
    return None if value is None else _micros(scope, value, time_zone, existing_format) // 1_000_000


def timestamp_milli(scope: Scope, value: Any, time_zone: str | None = None, existing_format: str | None = None) -> Any:
    """Milliseconds since 1970."""
    return None if value is None else _micros(scope, value, time_zone, existing_format) // 1000


def timestamp_micro(scope: Scope, value: Any, time_zone: str | None = None, existing_format: str | None = None) -> Any:
    """Microseconds since 1970, as text."""
    return None if value is None else str(_micros(scope, value, time_zone, existing_format))


def timestamp_nano(scope: Scope, value: Any, time_zone: str | None = None, existing_format: str | None = None) -> Any:
    """Nanoseconds since 1970, as text."""
    return None if value is None else f"{_micros(scope, value, time_zone, existing_format)}000"


DATE_FILTERS: Mapping[str, Callable[..., Any]] = {
    "date": date_text,
    "dateAdd": date_add,
    "timestamp": timestamp,
    "timestampMicro": timestamp_micro,
    "timestampMilli": timestamp_milli,
    "timestampNano": timestamp_nano,
}
