"""Dates by Java's DateTimeFormatter patterns and Kestra's named formats. `java_date_parsing` reads them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.zones import offset_text, zone_field

Token = tuple[str, str]
"""("text", literal) or ("field", run of one letter)."""

_PATTERN = re.compile(r"''|'(?P<quoted>(?:[^']|'')*)'|(?P<field>([a-zA-Z])\3*)|(?P<other>.)", re.DOTALL)
_LETTERS = frozenset("GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZg")
_MOST = {**dict.fromkeys("dHhKkms", 2), **dict.fromkeys("MLQqEecGXxZa", 5), "D": 3, "F": 1, "W": 1, "O": 4, "z": 4}
"""{letter: how many of it may stand together}."""
_STYLES = ("full", "long", "medium", "short")
_ISO = "yyyy-MM-dd'T'HH:mm:ss"
_NAMED = {
    "iso": f"{_ISO}.SSSSSSXXX",
    "iso_milli": f"{_ISO}.SSSXXX",
    "iso_sec": f"{_ISO}XXX",
    "sql": "yyyy-MM-dd HH:mm:ss.SSSSSS",
    "sql_milli": "yyyy-MM-dd HH:mm:ss.SSS",
    "sql_sec": "yyyy-MM-dd HH:mm:ss",
    "iso_date": "yyyy-MM-ddXXX",
    "iso_local_date": "yyyy-MM-dd",
    "iso_ordinal_date": "yyyy-DDDXXX",
    "rfc_1123_date_time": "EEE, d MMM yyyy HH:mm:ss",
}


def format_date_time(value: datetime, pattern: str, locale: str | None = None) -> str:
    """An aware date by a named format, a style, or a Java pattern. Raises: ExpressionError."""
    if pattern == "rfc_1123_date_time":
        offset = "GMT" if not value.utcoffset() else offset_text(value, colon=False, zulu="")
        return f"{_by_pattern(value, _NAMED[pattern], 'en_US')} {offset}"
    if pattern in _NAMED:
        return _by_pattern(value, _NAMED[pattern], "en_US")
    if pattern in _STYLES:
        return _by_style(value, pattern, _locale(locale))
    if pattern in _SPECIAL:
        return _SPECIAL[pattern](value)
    return _by_pattern(value, pattern, _locale(locale))


@lru_cache(maxsize=512)
def tokens_of(pattern: str) -> tuple[Token, ...]:
    """A pattern in its parts. Raises: ExpressionError."""
    found: list[Token] = []
    for match in _PATTERN.finditer(pattern):
        if match["field"]:
            letter = match["field"][0]
            if letter not in _LETTERS:
                raise ExpressionError(f"Unknown pattern letter: {letter}")
            if len(match["field"]) > _MOST.get(letter, 19):
                raise ExpressionError(f"Too many pattern letters: {letter}")
            found.append(("field", match["field"]))
        elif match["other"]:
            if match["other"] in "{}#'":
                raise ExpressionError(f"The date format `{pattern}` must not contain {match['other']}")
            found.append(("text", match["other"]))
        else:
            found.append(("text", (match["quoted"] or "'").replace("''", "'")))
    return tuple(found)


def _by_pattern(value: datetime, pattern: str, locale: str) -> str:
    parts = []
    for kind, text in tokens_of(pattern):
        if kind == "field":
            parts.append(_field(value, text, locale))
        elif text not in ("[", "]"):
            parts.append(text)
    return "".join(parts)


def _field(value: datetime, run: str, locale: str) -> str:
    letter, width = run[0], len(run)
    if letter in _NUMERIC and (letter not in "MLQqec" or width <= 2):
        return f"{_NUMERIC[letter](value):0{width}d}"
    if letter in "yu":
        return f"{value.year % 100:02d}" if width == 2 else f"{value.year:0{width}d}"
    if letter == "S":
        return f"{value.microsecond:06d}".ljust(width, "0")[:width]
    if letter in "zvVOXxZ":
        return zone_field(value, letter, width, locale)
    if letter in "Yw":
        week, year = _week(value, locale)
        number = week if letter == "w" else year % 100 if width == 2 else year
        return f"{number:0{width}d}"
    if letter == "W":
        return str(_week_of_month(value, locale))
    return format_datetime(value, run, tzinfo=value.tzinfo, locale=locale)


def _midnight_seconds(value: datetime) -> int:
    return value.hour * 3600 + value.minute * 60 + value.second


_NUMERIC: Mapping[str, Callable[[datetime], int]] = {
    "M": lambda value: value.month,
    "L": lambda value: value.month,
    "d": lambda value: value.day,
    "D": lambda value: value.timetuple().tm_yday,
    "Q": lambda value: (value.month + 2) // 3,
    "q": lambda value: (value.month + 2) // 3,
    "e": lambda value: value.isoweekday() % 7 + 1,
    "c": lambda value: value.isoweekday() % 7 + 1,
    "F": lambda value: (value.day - 1) // 7 + 1,
    "h": lambda value: value.hour % 12 or 12,
    "K": lambda value: value.hour % 12,
    "k": lambda value: value.hour or 24,
    "H": lambda value: value.hour,
    "m": lambda value: value.minute,
    "s": lambda value: value.second,
    "A": lambda value: _midnight_seconds(value) * 1000 + value.microsecond // 1000,
    "n": lambda value: value.microsecond * 1000,
    "N": lambda value: (_midnight_seconds(value) * 1_000_000 + value.microsecond) * 1000,
    "g": lambda value: value.toordinal() - 678576,
}


def _week(value: datetime, locale: str) -> tuple[int, int]:
    """Week and year of the locale's calendar of weeks."""
    day = value.date()
    for year in (day.year + 1, day.year, day.year - 1):
        start = _first_week(year, locale)
        if day >= start:
            return (day - start).days // 7 + 1, year
    return 1, day.year


def _first_week(year: int, locale: str) -> date:
    calendar = Locale.parse(locale)
    first = date(year, 1, 1)
    start = first - timedelta(days=(first.weekday() - calendar.first_week_day) % 7)
    return start if 7 - (first - start).days >= calendar.min_week_days else start + timedelta(days=7)


def _week_of_month(value: datetime, locale: str) -> int:
    calendar = Locale.parse(locale)
    before = (value.date().replace(day=1).weekday() - calendar.first_week_day) % 7
    return (value.day - 1 + before) // 7 + (1 if 7 - before >= calendar.min_week_days else 0)


def _by_style(value: datetime, style: str, locale: str) -> str:
    day = format_date(value, style, locale=locale)
    return f"{day}, {format_time(value, style, tzinfo=value.tzinfo, locale=locale)}"


@lru_cache(maxsize=256)
def _locale(name: str | None) -> str:
    """`fr`, `fr-FR`, `fr_FR` → babel's name; by default American English, as the engines."""
    if not name:
        return "en_US"
    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "en_US"


def _local(value: datetime) -> str:
    text = value.strftime("%H:%M:%S")
    return text if not value.microsecond else f"{text}.{value.microsecond:06d}".rstrip("0")


def _local_date_time(value: datetime) -> str:
    return f"{value:%Y-%m-%d}T{_local(value)}"


def _zoned(value: datetime) -> str:
    region = f"[{value.tzinfo.key}]" if isinstance(value.tzinfo, ZoneInfo) else ""
    return f"{_local_date_time(value)}{offset_text(value, colon=True, zulu='Z')}{region}"


def _instant(value: datetime) -> str:
    moment = value.astimezone(UTC)
    digits = 0 if not moment.microsecond else 3 if moment.microsecond % 1000 == 0 else 6
    fraction = f".{moment.microsecond:06d}"[: digits + 1] if digits else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _week_date(value: datetime) -> str:
    year, week, day = value.isocalendar()
    return f"{year:04d}-W{week:02d}-{day}{offset_text(value, colon=True, zulu='Z')}"


_SPECIAL: Mapping[str, Callable[[datetime], str]] = {
    "iso_date_time": _zoned,
    "iso_zoned_date_time": _zoned,
    "iso_offset_date_time": lambda value: _local_date_time(value) + offset_text(value, colon=True, zulu="Z"),
    "iso_local_date_time": _local_date_time,
    "iso_local_time": _local,
    "iso_time": lambda value: _local(value) + offset_text(value, colon=True, zulu="Z"),
    "iso_offset_time": lambda value: _local(value) + offset_text(value, colon=True, zulu="Z"),
    "iso_instant": _instant,
    "iso_week_date": _week_date,
}
