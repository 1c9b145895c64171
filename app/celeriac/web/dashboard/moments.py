"""Times and lengths of time as people read them, and other filters of the templates."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Flask
from markupsafe import Markup, escape

from celeriac.web.dashboard.preferences import zone

_ANSI = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]")
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def register_filters(flask: Flask) -> None:
    """Makes the filters known to all templates."""
    for function in (
        ago,
        moment,
        clock,
        day,
        duration,
        lasting,
        middle,
        pretty,
        size,
        plural,
        from_epoch,
        reading,
        plain,
        sentence,
    ):
        flask.add_template_filter(function)


def from_epoch(seconds: float) -> datetime:
    """Seconds since the epoch as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def at(value: Any) -> datetime | None:
    """A datetime out of an ISO text or a datetime."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))


def seconds_between(start: Any, end: Any) -> float | None:
    """Seconds from start to end, to now when it has not ended; None before the start."""
    begun, ended = at(start), at(end) or datetime.now(UTC)
    return None if begun is None else max(0.0, (ended - begun).total_seconds())


def lasting(seconds: float | timedelta | None) -> str:
    """`340 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`."""
    if seconds is None:
        return ""
    value = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 59.95:
        return f"{value:.1f} s"
    whole = round(value)
    days, hours, minutes, rest = whole // 86_400, whole // 3_600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def duration(state: dict[str, Any] | None) -> str:
    """How long something took, or takes until now, from its `state` document."""
    if not state:
        return ""
    return lasting(seconds_between(state.get("startDate"), state.get("endDate")))


def ago(value: Any) -> Markup:
    """`3 min ago` or `in 2 h`, with the whole date as its title; kept fresh by the browser."""
    when = at(value)
    if when is None:
        return Markup("")
    return _time(when, relative(when, datetime.now(UTC)), "relative")


def moment(value: Any) -> Markup:
    """Date and time in the reader's zone."""
    when = at(value)
    return Markup("") if when is None else _time(when, f"{when.astimezone(zone()):%Y-%m-%d %H:%M:%S}", "moment")


def clock(value: Any) -> Markup:
    """The time of day with milliseconds, in the reader's zone."""
    when = at(value)
    if when is None:
        return Markup("")
    local = when.astimezone(zone())
    return _time(when, f"{local:%H:%M:%S}.{local.microsecond // 1000:03}", "clock")


def day(value: Any) -> Markup:
    """Day and minute in the reader's zone: `Tue 25 Nov 14:05`."""
    when = at(value)
    return Markup("") if when is None else _time(when, f"{when.astimezone(zone()):%a %d %b %H:%M}", "day")


def relative(when: datetime, now: datetime) -> str:
    """The distance in words."""
    distance = (when - now).total_seconds()
    seconds = abs(distance)
    if seconds < 1:
        return "now"
    unit, name = next(((unit, name) for unit, name in _STEPS if seconds >= unit), (1, "s"))
    words = f"{seconds // unit:.0f} {name}"
    return f"in {words}" if distance > 0 else f"{words} ago"


def middle(text: str, most: int = 16) -> Markup:
    """A long id, cut in its middle, whole in its title."""
    if len(text) <= most:
        return escape(text)
    half = (most - 1) // 2
    return Markup('<span title="{}">{}…{}</span>').format(text, text[:half], text[-half:])


def pretty(value: Any) -> str:
    """Data as indented JSON; a text as it is."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def plain(text: str) -> str:
    """A log message without the colours of a terminal."""
    return _ANSI.sub("", text)


def sentence(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def size(count: int | None) -> str:
    """Bytes: `512 B`, `1.4 kB`, `3.0 MB`."""
    if count is None:
        return ""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return ""


def reading(value: float, kind: str) -> str:
    """The value of a metric; a timer's is in seconds."""
    return lasting(value) if kind == "timer" else f"{value:,.6g}" if value % 1 else f"{value:,.0f}"


def plural(count: int, noun: str, many: str = "") -> str:
    """`1 task`, `1,200 tasks`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def _time(when: datetime, text: str, kind: str) -> Markup:
    local = when.astimezone(zone())
    title = f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"
    return Markup('<time datetime="{}" data-as="{}" title="{}">{}</time>').format(
        when.astimezone(UTC).isoformat(), kind, title, text
    )
