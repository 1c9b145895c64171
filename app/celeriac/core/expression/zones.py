"""Time zones: their names, and how date patterns print them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from celeriac.core.errors import ExpressionError


def zone_of(name: str) -> ZoneInfo | timezone:
    """`Europe/Paris`, `+02:00`, `UTC+3`, `Z` → zone. Raises: ExpressionError."""
    match = re.fullmatch(r"(?:UTC|GMT|UT)?([+-])(\d{1,2}):?(\d{2})?(?::?\d{2})?", name)
    if match:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset)
    return UTC if name == "Z" else _region(name)


@lru_cache(maxsize=1024)
def _region(name: str) -> ZoneInfo:
    """The zone of a region; short names such as EST are none, as in Java."""
    if name in ("EST", "HST", "MST"):
        raise ExpressionError(f"Unknown time-zone ID: {name}")
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ExpressionError(f"Unknown time-zone ID: {name}") from None


def zone_id(value: datetime) -> str:
    """`Europe/Paris`, `+02:00` or `Z`."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else offset_text(value, colon=True, zulu="Z")


def zone_field(value: datetime, letter: str, width: int, locale: str) -> str:
    """What a run of V, z, v, O, X, x or Z prints."""
    if letter == "V":
        return zone_id(value)
    if letter in "zv":
        if width == 4:
            return str(get_timezone_name(value, width="long", locale=locale))
        name = value.tzname() or ""
        return name if name[:1].isalpha() and not name.startswith("UTC+") else zone_id(value)
    if letter == "O" or (letter == "Z" and width == 4):
        offset = offset_text(value, colon=True, zulu="")
        if letter == "O" and width == 1:
            offset = re.sub(r"^([+-])0(\d)", r"\1\2", offset).removesuffix(":00")
        return f"GMT{offset}"
    zulu = "Z" if letter == "X" or width == 5 else None
    colon = width in (3, 5) if letter != "Z" else width == 5
    text = offset_text(value, colon=colon, zulu=zulu)
    return text[:3] if width == 1 and letter != "Z" and text.endswith("00") else text


def offset_text(value: datetime, *, colon: bool, zulu: str | None) -> str:
    """`+01:00`; `zulu` for an offset of zero."""
    seconds = int((value.utcoffset() or timedelta()).total_seconds())
    if seconds == 0 and zulu is not None:
        return zulu
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}{':' if colon else ''}{minutes:02d}"
