"""Texts → dates: ISO 8601 as Java reads it, and texts by a DateTimeFormatter pattern."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from babel.dates import get_day_names, get_month_names

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.java_dates import tokens_of
from celeriac.core.expression.zones import zone_of

_ISO = re.compile(
    r"(?P<date>[+-]?\d{4}-\d{2}-\d{2})"
    r"(?:T(?P<time>\d{2}:\d{2}(?::\d{2}(?:\.(?P<fraction>\d{1,9}))?)?)"
    r"(?P<offset>[Zz]|[+-]\d{2}(?::\d{2}){0,2})?(?:\[(?P<zone>[^\]]+)\])?)?"
)
_FIELDS = {
    "y": ("year", r"\d{4}"),
    "u": ("year", r"\d{4}"),
    "M": ("month", r"\d{1,2}"),
    "L": ("month", r"\d{1,2}"),
    "d": ("day", r"\d{1,2}"),
    "D": ("day_of_year", r"\d{1,3}"),
    "H": ("hour", r"\d{1,2}"),
    "k": ("hour24", r"\d{1,2}"),
    "h": ("hour12", r"\d{1,2}"),
    "K": ("hour11", r"\d{1,2}"),
    "m": ("minute", r"\d{1,2}"),
    "s": ("second", r"\d{1,2}"),
    "a": ("half", r"(?:[aApP]\.?[mM]\.?)"),
    "X": ("offset", r"(?:Z|[+-]\d{2}(?::?\d{2})?)"),
    "x": ("offset", r"[+-]\d{2}(?::?\d{2})?"),
    "Z": ("offset", r"(?:Z|(?:GMT)?[+-]\d{2}:?\d{2})"),
    "O": ("offset", r"GMT(?:[+-]\d{1,2}(?::?\d{2})?)?"),
    "V": ("zone", r"[\w/+:-]+"),
    "z": ("zone", r"[\w/+:-]+"),
}


def date_of(value: Any, zone: tzinfo, pattern: str | None = None) -> datetime:
    """A date, a number of seconds (13 digits: milliseconds, 19: nanoseconds) or a text → an aware date.

    zone: of values without one. pattern: of a text that is not ISO 8601. Raises: ExpressionError.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else existing(value.replace(tzinfo=zone))
    if isinstance(value, date):
        return existing(datetime.combine(value, time(), zone))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ExpressionError(f"`{str(value)[:100]}` is no date")
    if not isinstance(value, str):
        return _of_epoch(value)
    return existing(_by_pattern(value, pattern, zone) if pattern else _of_iso(value, zone))


def existing(moment: datetime) -> datetime:
    """The same, moved forward where clocks skip that time. Source: java.time.ZonedDateTime."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


def _of_epoch(value: float) -> datetime:
    digits = len(str(abs(int(value))))
    if digits == 19:
        second, nanos = divmod(int(value), 10**9)
        return datetime.fromtimestamp(second, UTC) + timedelta(microseconds=nanos // 1000)
    if digits == 13:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)


def _of_iso(text: str, zone: tzinfo) -> datetime:
    match = _ISO.fullmatch(text)
    if match is None:
        raise ExpressionError(f"Text '{text[:100]}' could not be parsed as a date")
    try:
        day = date.fromisoformat(match["date"])
        clock = time.fromisoformat(match["time"].partition(".")[0]) if match["time"] else time()
    except ValueError as error:
        raise ExpressionError(f"Text '{text[:100]}' could not be parsed as a date: {error}") from None
    clock = clock.replace(microsecond=int((match["fraction"] or "").ljust(6, "0")[:6]))
    if match["offset"]:
        moment = datetime.combine(day, clock, zone_of(match["offset"].upper()))
        return moment.astimezone(zone_of(match["zone"])) if match["zone"] else moment
    return datetime.combine(day, clock, zone_of(match["zone"]) if match["zone"] else zone)


def _by_pattern(text: str, pattern: str, zone: tzinfo) -> datetime:
    match = _expression(pattern).fullmatch(text)
    if match is None:
        raise ExpressionError(f"Text '{text[:100]}' could not be parsed with the format `{pattern}`")
    fields = {name: found for name, found in match.groupdict().items() if found is not None}
    try:
        return datetime.combine(_day(fields), _clock(fields), _zone(fields) or zone)
    except (ValueError, KeyError) as error:
        reason = f"no {error.args[0]}" if isinstance(error, KeyError) else str(error)
        raise ExpressionError(f"Text '{text[:100]}' with the format `{pattern}` is no date: {reason}") from None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for kind, run in tokens_of(pattern):
        if kind == "text":
            parts.append({"[": "(?:", "]": ")?"}.get(run, re.escape(run)))
            continue
        name, expression = _field(run)
        parts.append(f"(?P<{name}>{expression})" if name and name not in seen else f"(?:{expression})")
        seen.add(name)
    try:
        return re.compile("".join(parts), re.IGNORECASE)
    except re.error:
        raise ExpressionError(f"The date format `{pattern}` cannot be read") from None


def _field(run: str) -> tuple[str, str]:
    letter, width = run[0], len(run)
    if letter in "ML" and width > 2:
        names = get_month_names("wide" if width == 4 else "abbreviated", locale="en_US")
        return "month_name", "|".join(map(re.escape, names.values()))
    if letter in "Eec":
        return "", "|".join(
            map(re.escape, get_day_names("wide" if width == 4 else "abbreviated", locale="en_US").values())
        )
    if letter == "S":
        return "fraction", rf"\d{{{width}}}"
    if letter in "yu" and width == 2:
        return "short_year", r"\d{2}"
    if letter not in _FIELDS:
        raise ExpressionError(f"Dates cannot be read by the pattern letter {letter}")
    name, expression = _FIELDS[letter]
    return name, rf"\d{{{width}}}" if width > 1 and expression == r"\d{1,2}" else expression


def _day(fields: dict[str, str]) -> date:
    year = int(fields["short_year"]) + 2000 if "short_year" in fields else int(fields["year"])
    if "day_of_year" in fields:
        return date(year, 1, 1) + timedelta(days=int(fields["day_of_year"]) - 1)
    if "month_name" in fields:
        return date(year, _month(fields["month_name"]), int(fields["day"]))
    return date(year, int(fields["month"]), int(fields["day"]))


def _month(name: str) -> int:
    for width in ("wide", "abbreviated"):
        for number, text in get_month_names(width, locale="en_US").items():
            if text.lower() == name.lower():
                return int(number)
    raise ValueError(f"{name} is no month")


def _clock(fields: dict[str, str]) -> time:
    hour = int(fields.get("hour") or int(fields.get("hour24") or 0) % 24)
    if "hour12" in fields or "hour11" in fields:
        hour = int(fields.get("hour12") or fields["hour11"]) % 12
        hour += 12 if fields.get("half", "a").lower().startswith("p") else 0
    fraction = int(fields.get("fraction", "").ljust(6, "0")[:6])
    return time(hour, int(fields.get("minute") or 0), int(fields.get("second") or 0), fraction)


def _zone(fields: dict[str, str]) -> tzinfo | None:
    if "offset" in fields:
        return zone_of(fields["offset"]) if fields["offset"] != "GMT" else UTC
    return zone_of(fields["zone"]) if "zone" in fields else None
