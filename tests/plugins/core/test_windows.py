"""The periods of windows."""

from datetime import datetime
from typing import Any

import pytest

from celeriac.core.collecting import Period
from celeriac.plugins.core.trigger.windows import TimeWindow, Window


def span(period: Period, at: str) -> tuple[str, str] | None:
    """From when until when, around a moment."""
    found = period.span(datetime.fromisoformat(at))
    return None if found is None else (found[0].isoformat(), found[1].isoformat())


@pytest.mark.parametrize(
    ("properties", "at", "start", "end"),
    [
        ({}, "2030-01-02T03:04:05+00:00", "2030-01-02T00:00:00+00:00", "2030-01-03T00:00:00+00:00"),
        ({"window": "PT6H"}, "2030-01-02T07:04:05+00:00", "2030-01-02T06:00:00+00:00", "2030-01-02T12:00:00+00:00"),
        ({"window": "PT15M"}, "2030-01-02T07:44:05+00:00", "2030-01-02T07:30:00+00:00", "2030-01-02T07:45:00+00:00"),
        (
            {"window": "P1D", "windowAdvance": "PT4H"},
            "2030-01-02T03:00:00+00:00",
            "2030-01-01T04:00:00+00:00",
            "2030-01-02T04:00:00+00:00",
        ),
        (
            {"type": "DAILY_TIME_DEADLINE", "deadline": "09:00:00Z"},
            "2030-01-02T08:00:00+00:00",
            "2030-01-02T00:00:00+00:00",
            "2030-01-02T09:00:00+00:00",
        ),
        (
            {"type": "DAILY_TIME_WINDOW", "startTime": "22:00:00Z", "endTime": "02:00:00Z"},
            "2030-01-02T01:00:00+00:00",
            "2030-01-01T22:00:00+00:00",
            "2030-01-02T02:00:00+00:00",
        ),
    ],
)
def test_a_time_window_lies_around_a_moment(properties: dict[str, Any], at: str, start: str, end: str) -> None:
    assert span(TimeWindow.model_validate(properties).period, at) == (start, end)


@pytest.mark.parametrize(
    ("properties", "at"),
    [
        ({"type": "DAILY_TIME_DEADLINE", "deadline": "09:00:00Z"}, "2030-01-02T09:00:00+00:00"),
        ({"type": "DAILY_TIME_WINDOW", "startTime": "09:00Z", "endTime": "10:00Z"}, "2030-01-02T08:59:59+00:00"),
    ],
)
def test_outside_of_its_times_of_day_there_is_no_window(properties: dict[str, Any], at: str) -> None:
    assert span(TimeWindow.model_validate(properties).period, at) is None


def test_a_sliding_window_looks_back() -> None:
    period = TimeWindow.model_validate({"type": "SLIDING_WINDOW", "window": "PT1H"}).period

    assert period.lookback is not None
    assert period.lookback.total_seconds() == 3600


@pytest.mark.parametrize(
    ("properties", "at", "start", "end"),
    [
        ({}, "2030-01-02T03:04:05+00:00", "2030-01-02T00:00:00+00:00", "2030-01-03T00:00:00+00:00"),
        (
            {"deadline": "09:00", "timezone": "Europe/Paris"},
            "2030-01-02T07:30:00+00:00",
            "2030-01-02T00:00:00+01:00",
            "2030-01-02T09:00:00+01:00",
        ),
        (
            {"from": "09:00", "to": "17:00"},
            "2030-01-02T16:00:00+00:00",
            "2030-01-02T09:00:00+00:00",
            "2030-01-02T17:00:00+00:00",
        ),
        (
            {"every": "PT1H", "offset": "PT15M"},
            "2030-01-02T03:04:05+00:00",
            "2030-01-02T02:15:00+00:00",
            "2030-01-02T03:15:00+00:00",
        ),
    ],
)
def test_a_window_of_2_0_lies_around_a_moment(properties: dict[str, Any], at: str, start: str, end: str) -> None:
    assert span(Window.model_validate(properties).period, at) == (start, end)


def test_a_lookback_is_a_sliding_window() -> None:
    assert Window.model_validate({"lookback": "PT1H"}).period.lookback is not None
