"""Cron expressions: five fields, six with seconds first, or a nickname; and the dates they give.

Source: Kestra (cron-utils): ranges ascend, `L` stands in the day of the month only, no `?`, `#` or `W`.
Days of the month and of the week, both given, are alternatives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = {
    name: index + 1
    for index, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])
}
_DAYS = {name: index for index, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])}
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("second", 0, 59, {}),
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([-+])(\d{1,2})(?::?(\d\d))?")


class CronInvalid(ValueError):
    """The expression is no cron expression; the message says which part and why."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A checked expression. Dates are wanted and given with a time zone; a day that the clock skips is moved on."""

    text: str
    fields: str

    def after(self, moment: datetime) -> datetime | None:
        """The first date after `moment`, in its zone; None = never (within cronsim's fifty years)."""
        return next(self.all_after(moment), None)

    def before(self, moment: datetime) -> datetime | None:
        """The last date before `moment`, in its zone."""
        return next(self.all_before(moment), None)

    def all_after(self, moment: datetime) -> Iterator[datetime]:
        """The dates after `moment`, in its zone, one after the other."""
        return _walk(self.fields, moment, reverse=False)

    def all_before(self, moment: datetime) -> Iterator[datetime]:
        """The dates before `moment`, in its zone, backwards."""
        return _walk(self.fields, moment, reverse=True)


@lru_cache(maxsize=1024)
def parse_cron(text: str, *, with_seconds: bool = False) -> Cron:
    """Checks an expression. Raises: CronInvalid."""
    stripped = " ".join(text.split())
    if stripped.startswith("@"):
        if stripped not in NICKNAMES:
            raise CronInvalid(f"invalid cron expression '{text}': it is none of {', '.join(NICKNAMES)}")
        return Cron(text, NICKNAMES[stripped])
    parts = stripped.split(" ") if stripped else []
    wanted = 6 if with_seconds else 5
    if len(parts) != wanted:
        hint = "; six fields need `withSeconds: true`" if len(parts) == 6 else ""
        raise CronInvalid(f"invalid cron expression '{text}': it has {len(parts)} fields instead of {wanted}{hint}")
    for part, (name, low, high, words) in zip(parts, _FIELDS[6 - wanted :], strict=True):
        if reason := _wrong(part.upper(), low, high, words):
            raise CronInvalid(f"invalid cron expression '{text}': {name} `{part}`: {reason}")
    return Cron(text, stripped)


def parse_zone(name: str) -> tzinfo:
    """`Europe/Paris`, `UTC`, `Z`, `+02:00`, `GMT+2`. Raises: ValueError."""
    if name in ("Z", "UTC", "GMT", "UT"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        shift = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if shift <= timedelta(hours=18):
            return timezone(shift if match[1] == "+" else -shift)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"timezone '{name}' is not a valid time-zone ID such as Europe/Paris, UTC or +02:00"
        ) from error


def _wrong(part: str, low: int, high: int, words: dict[str, int]) -> str:
    """Why one field is wrong; empty when it is right."""
    if part == "L":
        return "" if high == 31 else "`L` stands only in the day of the month"
    if part.startswith("L-"):
        return "days before the last one are known in Kestra, not in this version of Celeriac"
    for item in part.split(","):
        span, slash, step = item.partition("/")
        if slash and not (step.isdecimal() and 1 <= int(step) <= high):
            return f"the step must be a number from 1 to {high}"
        if span == "*":
            continue
        numbers = [_number(text, words) for text in span.split("-", 1)]
        if any(number is None or not low <= number <= high for number in numbers):
            names = f" or names such as {next(iter(words))}" if words else ""
            return f"use numbers from {low} to {high}{names}, and `*` `,` `-` `/`"
        if len(numbers) == 2 and (numbers[0] or 0) > (numbers[1] or 0):
            return "a range must ascend"
    return ""


def _number(text: str, words: dict[str, int]) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 4 else words.get(text)


def _walk(fields: str, moment: datetime, *, reverse: bool) -> Iterator[datetime]:
    try:
        yield from CronSim(fields, moment, reverse=reverse)
    except CronSimError:
        return
