"""Texts of moments, dates, times and durations → their stored forms. Source: the java.time parsers of the engines."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from celeriac.core.dates import parse_iso_duration
from celeriac.core.inputs.shown import refused

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{0,9}))?(Z|[-+]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{0,9}))?)?", re.ASCII)


def to_instant(value: Any) -> str:
    """ISO date, time with seconds, and `Z` or offset → text in UTC with 6 decimals. Raises: ValueError."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refused(value, "Instant")
    day, clock, fraction, zone = match.groups()
    next_day = timedelta(days=clock == "24:00:00")
    clock = "00:00:00" if next_day else clock
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone.upper().replace('Z', '+00:00')}") + next_day
        moment = moment.astimezone(UTC).replace(microsecond=int((fraction or "")[:6].ljust(6, "0")))
    except (ValueError, OverflowError) as error:
        raise refused(value, "Instant") from error
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def to_date(value: Any) -> str:
    """`2024-02-29`. Raises: ValueError."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise refused(value, "LocalDate")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise refused(value, "LocalDate") from error


def to_time(value: Any) -> str:
    """`10:20`, `10:20:30.5` → text with seconds. Raises: ValueError."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refused(value, "LocalTime")
    hours, minutes, seconds, fraction = match.groups()
    digits = (fraction or "").rstrip("0")
    return f"{hours}:{minutes}:{seconds or '00'}{'.' + digits if digits else ''}"


def to_duration(value: Any) -> float:
    """ISO 8601 text → seconds. Raises: ValueError."""
    if not isinstance(value, str) or value != value.strip():
        raise refused(value, "Duration")
    try:
        return parse_iso_duration(value).total_seconds()
    except (ValueError, OverflowError) as error:
        raise refused(value, "Duration") from error
