"""Public holidays of some countries, by rule. Source: the countries' laws, nationwide days only."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from celeriac.core.errors import ExpressionError

_MONDAY, _THURSDAY = 0, 3
_FIXED = {
    "AT": "1-1 1-6 5-1 8-15 10-26 11-1 12-8 12-25 12-26",
    "BE": "1-1 5-1 7-21 8-15 11-1 11-11 12-25",
    "CA": "1-1 7-1 12-25",
    "CH": "1-1 8-1 12-25",
    "DE": "1-1 5-1 10-3 12-25 12-26",
    "DK": "1-1 12-25 12-26",
    "ES": "1-1 1-6 5-1 8-15 10-12 11-1 12-6 12-8 12-25",
    "FI": "1-1 1-6 5-1 12-6 12-25 12-26",
    "FR": "1-1 5-1 5-8 7-14 8-15 11-1 11-11 12-25",
    "GB": "1-1 12-25 12-26",
    "IE": "1-1 3-17 12-25 12-26",
    "IT": "1-1 1-6 4-25 5-1 6-2 8-15 11-1 12-8 12-25 12-26",
    "LU": "1-1 5-1 5-9 6-23 8-15 11-1 12-25 12-26",
    "NL": "1-1 4-27 12-25 12-26",
    "NO": "1-1 5-1 5-17 12-25 12-26",
    "PL": "1-1 1-6 5-1 5-3 8-15 11-1 11-11 12-25 12-26",
    "PT": "1-1 4-25 5-1 6-10 8-15 10-5 11-1 12-1 12-8 12-25",
    "SE": "1-1 1-6 5-1 6-6 12-25 12-26",
    "US": "1-1 6-19 7-4 11-11 12-25",
}
_EASTER = {
    "AT": (1, 39, 50, 60),
    "BE": (1, 39, 50),
    "CA": (-2,),
    "CH": (39,),
    "DE": (-2, 1, 39, 50),
    "DK": (-3, -2, 0, 1, 39, 49, 50),
    "ES": (-2,),
    "FI": (-2, 0, 1, 39, 49),
    "FR": (1, 39, 50),
    "GB": (-2, 1),
    "IE": (1,),
    "IT": (0, 1),
    "LU": (1, 39, 50),
    "NL": (0, 1, 39, 49, 50),
    "NO": (-3, -2, 0, 1, 39, 49, 50),
    "PL": (0, 1, 49, 60),
    "PT": (-2, 0, 60),
    "SE": (-2, 0, 1, 39, 49),
}
_WEEKDAYS: Mapping[str, tuple[tuple[int, int, int], ...]] = {
    "US": ((1, _MONDAY, 3), (2, _MONDAY, 3), (5, _MONDAY, -1), (9, _MONDAY, 1), (10, _MONDAY, 2), (11, _THURSDAY, 4)),
    "GB": ((5, _MONDAY, 1), (5, _MONDAY, -1), (8, _MONDAY, -1)),
    "CA": ((9, _MONDAY, 1),),
    "IE": ((5, _MONDAY, 1), (6, _MONDAY, 1), (8, _MONDAY, 1), (10, _MONDAY, -1)),
}
"""{country: (month, weekday, which one; -1 = the last)}."""
_MOVED = frozenset({"US", "GB"})
"""Fixed days on a weekend are kept on a weekday beside it."""


def is_public_holiday(day: date, country: str, division: str | None = None) -> bool:
    """True on a nationwide holiday; `division` is accepted, its own days are not known. Raises: ExpressionError."""
    code = str(country).upper()
    if code not in _FIXED:
        raise ExpressionError(f"The holidays of `{country}` are not known; known countries are {', '.join(_FIXED)}")
    return any(check(day, code) for check in _CHECKS)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    month, day = divmod(d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114, 31)
    return date(year, month, day + 1)


def _is_fixed(day: date, code: str) -> bool:
    fixed = _FIXED[code].split()
    if f"{day.month}-{day.day}" in fixed:
        return True
    if code not in _MOVED or day.weekday() > 4:
        return False
    after, before = day + timedelta(days=1), day - timedelta(days=1)
    moved = {"US": ((after, 5), (before, 6)), "GB": ((before, 6), (day - timedelta(days=2), 5))}[code]
    return any(f"{d.month}-{d.day}" in fixed and d.weekday() == weekday for d, weekday in moved)


def _is_after_easter(day: date, code: str) -> bool:
    return (day - easter(day.year)).days in _EASTER.get(code, ())


def _is_weekday_of_month(day: date, code: str) -> bool:
    for month, weekday, which in _WEEKDAYS.get(code, ()):
        if day.month == month and day.weekday() == weekday:
            is_last = (day + timedelta(days=7)).month != day.month
            if which == (day.day - 1) // 7 + 1 or (which == -1 and is_last):
                return True
    return False


_CHECKS: tuple[Callable[[date, str], bool], ...] = (_is_fixed, _is_after_easter, _is_weekday_of_month)
