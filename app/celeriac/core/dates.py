"""Durations as flows write them. Source: java.time.Duration.parse, and Kestra's seconds as plain numbers."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

_DURATION = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<days>[-+]?\d+)D)?"
    r"(?P<time>T(?:(?P<hours>[-+]?\d+)H)?(?:(?P<minutes>[-+]?\d+)M)?(?:(?P<seconds>[-+]?\d+(?:[.,]\d{0,9})?)S)?)?",
    re.IGNORECASE,
)


def parse_iso_duration(text: str) -> timedelta:
    """`P1DT2H3M4.5S` → timedelta. Years, months and weeks are refused, as by the engines.

    Raises: ValueError.
    """
    match = _DURATION.fullmatch(text.strip())
    if (
        match is None
        or match["time"] in ("T", "t")
        or not any(match[part] for part in ("days", "hours", "minutes", "seconds"))
    ):
        raise ValueError(f"`{text}` is no ISO 8601 duration such as PT30S, PT5M, PT1H or P1D")
    total = timedelta(
        days=int(match["days"] or 0),
        hours=int(match["hours"] or 0),
        minutes=int(match["minutes"] or 0),
        seconds=float((match["seconds"] or "0").replace(",", ".")),
    )
    return -total if match["sign"] == "-" else total


def parse_duration(value: Any) -> Any:
    """ISO 8601 text, or a number (also as text, also followed by words) of seconds → timedelta."""
    if isinstance(value, bool) or value is None:
        raise ValueError("a duration is ISO 8601 text such as PT30S, or a number of seconds")
    if isinstance(value, int | float):
        return timedelta(seconds=value)
    if not isinstance(value, str):
        return value
    if number := re.match(r"\s*(\d+(?:\.\d+)?)(?:\s|$)", value):
        return timedelta(seconds=float(number[1]))
    return parse_iso_duration(value)


def iso_duration(value: timedelta) -> str:
    """timedelta → `PT1H2M3.5S`, as Java prints a Duration (days become hours)."""
    micros = round(value.total_seconds() * 1_000_000)
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    seconds, micros = divmod(micros, 1_000_000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    text = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    if seconds or micros or not text:
        text += f"{seconds}{f'.{micros:06d}'.rstrip('0') if micros else ''}S"
    return f"{sign}PT{text}"


def micros(date: datetime) -> int:
    """Microseconds since the epoch, exactly."""
    return int(date.replace(microsecond=0).timestamp()) * 1_000_000 + date.microsecond


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(iso_duration)]
