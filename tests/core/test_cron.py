from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from celeriac.core.cron import CronInvalid, parse_cron, parse_zone

PARIS = ZoneInfo("Europe/Paris")


def dates_after(text: str, start: datetime, count: int = 3, *, with_seconds: bool = False) -> list[str]:
    cron, found = parse_cron(text, with_seconds=with_seconds), []
    moment: datetime | None = start
    for _ in range(count):
        assert moment is not None
        moment = cron.after(moment)
        found.append(moment.isoformat() if moment else "never")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "0 9 * * MON-FRI",
        "*/15 0-6,20 1 JAN,jun 7",
        "5/10 * * * *",
        "0 0 L * *",
        "0 0 * * 0-7",
        "0 0 30 2 *",
        "  0   9 * * *  ",
        "@hourly",
        "@daily",
        "@midnight",
        "@weekly",
        "@monthly",
        "@yearly",
        "@annually",
    ],
)
def test_what_the_engines_accept_is_accepted(text: str) -> None:
    assert parse_cron(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/90 * * * *",
        "*/0 * * * *",
        "0 22-4 * * *",
        "0 0 * * FRI-MON",
        "0 0 ? * MON",
        "0 0 * * 1#2",
        "0 0 * * 5L",
        "0 0 15W * *",
        "0 0 LW * *",
        "1,,2 * * * *",
        "- * * * *",
        "@reboot",
        "@Daily",
        "@fortnightly",
        "$ome Inv@lid Cr0n",
        "٣ * * * *",
    ],
)
def test_what_the_engines_refuse_is_refused(text: str) -> None:
    with pytest.raises(CronInvalid, match="invalid cron expression"):
        parse_cron(text)


def test_a_refusal_names_the_field_and_what_is_right() -> None:
    with pytest.raises(CronInvalid) as failure:
        parse_cron("0 25 * * *")

    assert str(failure.value) == (
        "invalid cron expression '0 25 * * *': hour `25`: use numbers from 0 to 23, and `*` `,` `-` `/`"
    )


def test_six_fields_are_answered_with_the_property_they_need() -> None:
    with pytest.raises(CronInvalid, match="`withSeconds: true`"):
        parse_cron("0 * * * * *")


def test_with_seconds_six_fields_are_needed() -> None:
    with pytest.raises(CronInvalid, match="5 fields instead of 6"):
        parse_cron("* * * * *", with_seconds=True)


def test_with_seconds_a_nickname_is_accepted() -> None:
    assert parse_cron("@daily", with_seconds=True).fields == "0 0 * * *"


def test_seconds_come_first() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert dates_after("*/20 30 3 * * *", start, with_seconds=True) == [
        "2026-01-01T03:30:00+00:00",
        "2026-01-01T03:30:20+00:00",
        "2026-01-01T03:30:40+00:00",
    ]


def test_days_of_the_month_and_of_the_week_are_alternatives() -> None:
    assert dates_after("0 0 13 * 5", datetime(2026, 2, 6, tzinfo=UTC), 2) == [
        "2026-02-13T00:00:00+00:00",
        "2026-02-20T00:00:00+00:00",
    ]


def test_the_last_day_follows_the_month() -> None:
    assert dates_after("0 0 L * *", datetime(2026, 1, 31, tzinfo=UTC), 2) == [
        "2026-02-28T00:00:00+00:00",
        "2026-03-31T00:00:00+00:00",
    ]


def test_dates_are_those_of_the_zone() -> None:
    assert dates_after("0 9 * * *", datetime(2026, 3, 28, 12, tzinfo=PARIS), 2) == [
        "2026-03-29T09:00:00+02:00",
        "2026-03-30T09:00:00+02:00",
    ]


def test_an_hour_that_comes_twice_gives_one_date() -> None:
    assert dates_after("30 2 * * *", datetime(2026, 10, 24, 12, tzinfo=PARIS), 2) == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]


def test_the_date_before_is_found() -> None:
    assert parse_cron("0 9 * * *").before(datetime(2026, 1, 2, 9, tzinfo=UTC)) == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_a_date_that_never_comes_is_none() -> None:
    assert parse_cron("0 0 30 2 *").after(datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("name", "hours"), [("UTC", 0), ("Z", 0), ("+02:00", 2), ("GMT+2", 2), ("UTC-05:00", -5), ("Asia/Tokyo", 9)]
)
def test_a_zone_is_named_or_an_offset(name: str, hours: int) -> None:
    assert datetime(2026, 1, 1, tzinfo=parse_zone(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Foo/Bar", "", "../etc/passwd", "+25:00", "/etc/localtime", "Europe"])
def test_another_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid time-zone ID"):
        parse_zone(name)
