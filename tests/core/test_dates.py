"""Durations as flows write them."""

from datetime import timedelta

import pytest

from celeriac.core.dates import iso_duration, parse_duration, parse_iso_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT30S", 30),
        ("PT0.5S", 0.5),
        ("P1DT2H", 93600),
        ("pt5m", 300),
        ("-PT5M", -300),
        ("PT-5M", -300),
        ("PT1H30M10.25S", 5410.25),
    ],
)
def test_iso_text_is_read_as_java_reads_it(text: str, seconds: float) -> None:
    assert parse_iso_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["P1M", "P1W", "PT", "P", "5min", "", "T5M", "P1Y"])
def test_text_without_hours_to_seconds_or_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no ISO 8601 duration"):
        parse_iso_duration(text)


@pytest.mark.parametrize(("value", "seconds"), [(5, 5), ("5", 5), ("0.1", 0.1), ("5 minutes", 5), (1.5, 1.5)])
def test_numbers_are_seconds_whatever_follows_them(value: object, seconds: float) -> None:
    assert parse_duration(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "PT0S"), (90, "PT1M30S"), (93600, "PT26H"), (0.5, "PT0.5S"), (-5, "-PT5S")]
)
def test_durations_print_as_java_prints_them(seconds: float, text: str) -> None:
    assert iso_duration(timedelta(seconds=seconds)) == text
