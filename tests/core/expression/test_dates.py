"""Dates: formats, patterns, arithmetic, calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from celeriac.core.errors import ExpressionError

MOMENT = "'2024-03-05T07:08:09.123456Z'"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", "2024-03-05T07:08:09.123456Z"),
        ("'iso_milli'", "2024-03-05T07:08:09.123Z"),
        ("'iso_sec', 'Europe/Paris'", "2024-03-05T08:08:09+01:00"),
        ("'sql'", "2024-03-05 07:08:09.123456"),
        ("'sql_sec', timeZone='+02:00'", "2024-03-05 09:08:09"),
        ("'iso_date'", "2024-03-05Z"),
        ("'iso_local_date'", "2024-03-05"),
        ("'iso_local_time'", "07:08:09.123456"),
        ("'iso_instant'", "2024-03-05T07:08:09.123456Z"),
        ("'iso_week_date'", "2024-W10-2Z"),
        ("'iso_ordinal_date'", "2024-065Z"),
        ("'iso_zoned_date_time', 'Europe/Paris'", "2024-03-05T08:08:09.123456+01:00[Europe/Paris]"),
        ("'rfc_1123_date_time'", "Tue, 5 Mar 2024 07:08:09 GMT"),
        ("'medium', locale='de'", "05.03.2024, 07:08:09"),
        ("'short'", "3/5/24, 7:08\u202fAM"),
        ("'d/M/yy h:mm a'", "5/3/24 7:08 AM"),
        ("'EEEE dd MMMM uuuu'", "Tuesday 05 March 2024"),
        ("'EEEE d MMMM', locale='fr-FR'", "mardi 5 mars"),
        ("\"yyyy'Q'Q D 'o''clock'\"", "2024Q1 65 o'clock"),
        ("'E e ss.SSS'", "Tue 3 09.123"),
        ("\"YYYY-'W'ww w W\"", "2024-W10 10 2"),
        (
            "'z VV O X XX XXX x xxx Z ZZZZ', 'Europe/Paris'",
            "CET Europe/Paris GMT+1 +01 +0100 +01:00 +01 +01:00 +0100 GMT+01:00",
        ),
        ("'k K h H A n'", "7 7 7 7 25689123 123456000"),
    ],
)
def test_formats(render: Callable[..., Any], arguments: str, expected: str) -> None:
    assert expected == render("{{ " + MOMENT + " | date(" + arguments + ") }}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1709622489, "2024-03-05T07:08:09.000000Z"),
        (1709622489123, "2024-03-05T07:08:09.123000Z"),
        (1709622489123456789, "2024-03-05T07:08:09.123456Z"),
        ("2024-03-05", "2024-03-05T00:00:00.000000Z"),
        ("2024-03-05T07:08", "2024-03-05T07:08:00.000000Z"),
        ("2024-03-05T07:08:09+01:00[Europe/Paris]", "2024-03-05T06:08:09.000000Z"),
        (date(2024, 3, 5), "2024-03-05T00:00:00.000000Z"),
        (datetime(2024, 3, 5, 7, tzinfo=UTC), "2024-03-05T07:00:00.000000Z"),
        (None, ""),
    ],
)
def test_what_is_taken_as_a_date(render: Callable[..., Any], value: Any, expected: str) -> None:
    assert expected == render("{{ v | date }}", v=value)


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("05/03/2024", "dd/MM/yyyy", "2024-03-05 00:00:00.000"),
        ("20240305101112", "yyyyMMddHHmmss", "2024-03-05 10:11:12.000"),
        ("5 Mar 24 1:05 pm", "d MMM yy h:mm a", "2024-03-05 13:05:00.000"),
        ("2024-03-05T10:11:12.345+0100", "yyyy-MM-dd'T'HH:mm:ss.SSSZ", "2024-03-05 09:11:12.345"),
        ("Tuesday, March 5, 2024", "EEEE, MMMM d, yyyy", "2024-03-05 00:00:00.000"),
    ],
)
def test_texts_are_read_by_a_pattern(render: Callable[..., Any], text: str, pattern: str, expected: str) -> None:
    assert expected == render("{{ v | date('sql_milli', existingFormat=p) }}", v=text, p=pattern)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("1, 'MONTHS'", "2024-02-29T00:00:00.000000Z"),
        ("-1, 'YEARS'", "2023-01-31T00:00:00.000000Z"),
        ("2, 'WEEKS'", "2024-02-14T00:00:00.000000Z"),
        ("1500, 'MILLIS'", "2024-01-31T00:00:01.500000Z"),
        ("'1', 'DAYS', 'yyyy-MM-dd'", "2024-02-01"),
    ],
)
def test_dates_are_moved(render: Callable[..., Any], arguments: str, expected: str) -> None:
    assert expected == render("{{ '2024-01-31T00:00:00Z' | dateAdd(" + arguments + ") }}")


def test_timestamps(render: Callable[..., Any]) -> None:
    text = render(
        "{{ d | timestamp }} {{ d | timestampMilli }} {{ d | timestampMicro }} {{ d | timestampNano }}", d=MOMENT[1:-1]
    )

    assert text == "1709622489 1709622489123 1709622489123456 1709622489123456000"


@pytest.mark.parametrize(
    "expression",
    [
        "'nonsense' | date",
        "'1709622489' | date",
        "'2024-03-05 07:08:09' | date",
        "'2024-13-05' | date",
        "'10:11' | date('HH:mm', existingFormat='HH:mm')",
        "'2024-01-01' | date('bad {')",
        "'2024-01-01' | date('yyyy', 'Nowhere/Bad')",
        "'2024-01-01' | date('yyyy', 'EST')",
        "'2024-01-01' | dateAdd(1, 'days')",
        "'2024-01-01' | dateAdd(1)",
        "'2024-01-01' | dateAdd(99999999999, 'DAYS')",
        "isPublicHoliday('2024-12-25', 'XX')",
    ],
)
def test_what_is_no_date_is_an_error(render: Callable[..., Any], expression: str) -> None:
    with pytest.raises(ExpressionError):
        render("{{ " + expression + " }}")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("now()", "2026-01-02T03:04:05.678901Z"),
        ("now(format='sql_sec', timeZone='Europe/Paris')", "2026-01-02 04:04:05"),
        ("isWeekend('2024-03-09')", "true"),
        ("isDayWeekInMonth('2024-03-05', 'TUESDAY', 'FIRST')", "true"),
        ("isDayWeekInMonth('2024-03-26', 'TUESDAY', 'LAST')", "true"),
        ("isLastWorkingDay('2024-03-29')", "true"),
        ("dayOfWeek('2024-03-05')", "TUESDAY"),
        ("hourOfDay('2024-03-05T07:08:09Z')", "7"),
        ("dayOfMonth('2024-03-05')", "5"),
        ("monthOfYear('2024-03-05')", "3"),
        ("isPublicHoliday('2024-07-14', 'FR')", "true"),
        ("isPublicHoliday('2024-03-29', 'DE')", "true"),
        ("isPublicHoliday('2024-11-28', 'US')", "true"),
        ("isPublicHoliday('2024-07-05', 'US')", "false"),
    ],
)
def test_the_calendar(render: Callable[..., Any], expression: str, expected: str) -> None:
    assert expected == render("{{ " + expression + " }}")


def test_date_objects_print_as_the_engines_print_them(render: Callable[..., Any]) -> None:
    text = render(
        "{{ at }} {{ [at] }} {{ day }} {{ span }}",
        at=datetime(2024, 1, 1, tzinfo=UTC),
        day=date(2024, 1, 1),
        span=timedelta(hours=26),
    )

    assert text == '2024-01-01T00:00:00.000000Z ["2024-01-01T00:00:00.000000Z"] 2024-01-01 93600.0'
