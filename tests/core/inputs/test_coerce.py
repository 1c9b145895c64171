"""Given values become typed values; the facts were measured on Kestra 2.0."""

from typing import Any

import pytest

from celeriac.core.inputs import coerce

ACCEPTED: list[tuple[str, Any, Any]] = [
    ("STRING", "a", "a"),
    ("STRING", "", ""),
    ("STRING", 1, "1"),
    ("STRING", True, "true"),
    ("STRING", 1.0, "1.0"),
    ("STRING", 1e7, "1.0E7"),
    ("STRING", 0.00012, "1.2E-4"),
    ("STRING", {"a": 1, "b": "x"}, '{"a":1,"b":"x"}'),
    ("STRING", [1, "a"], '[1,"a"]'),
    ("SECRET", "s", "s"),
    ("INT", "12", 12),
    ("INT", 12, 12),
    ("INT", "-3", -3),
    ("INT", "+5", 5),
    ("FLOAT", "42", 42.0),
    ("FLOAT", 2, 2.0),
    ("FLOAT", "1e3", 1000.0),
    ("FLOAT", ".5", 0.5),
    ("FLOAT", "1.5f", 1.5),
    ("FLOAT", " 2 ", 2.0),
    ("FLOAT", "0x1p3", 8.0),
    ("FLOAT", "NaN", "NaN"),
    ("FLOAT", "1e400", "Infinity"),
    ("BOOL", True, True),
    ("BOOL", "TRUE", True),
    ("BOOLEAN", "yes", False),
    ("BOOL", 1, False),
    ("BOOL", " true ", False),
    ("DATETIME", "2019-10-06T18:27:49+02:00", "2019-10-06T16:27:49.000000Z"),
    ("DATETIME", "2024-01-02t03:04:05.1z", "2024-01-02T03:04:05.100000Z"),
    ("DATETIME", "2024-01-02T03:04:05.123456789Z", "2024-01-02T03:04:05.123456Z"),
    ("DATETIME", "2024-01-02T24:00:00Z", "2024-01-03T00:00:00.000000Z"),
    ("DATE", "2024-02-29", "2024-02-29"),
    ("TIME", "18:27", "18:27:00"),
    ("TIME", "11:00:00.120", "11:00:00.12"),
    ("DURATION", "P1DT2H", 93600.0),
    ("DURATION", "pt5m", 300.0),
    ("DURATION", "PT0.5S", 0.5),
    ("DURATION", "PT-5M", -300.0),
    ("FILE", "kestra:///a/b.csv", "kestra:///a/b.csv"),
    ("FILE", "nsfile:///a.csv", "nsfile:///a.csv"),
    ("JSON", '[1, "a"]', [1, "a"]),
    ("JSON", '"abc"', "abc"),
    ("JSON", "null", None),
    ("JSON", {"a": None}, {"a": None}),
    ("YAML", "a: [1, yes]", {"a": [1, True]}),
    ("YAML", {"a": 1}, {"a": 1}),
    ("URI", "https://site.org/a?b=c#d", "https://site.org/a?b=c#d"),
    ("URI", "s3://bucket/key", "s3://bucket/key"),
    ("URI", "http:/bla", "http:/bla"),
    ("URI", "mailto:a@b.c", "mailto:a@b.c"),
    ("URI", "http://localhost:8080/ä", "http://localhost:8080/ä"),
    ("ARRAY", "[1, 2]", [1, 2]),
    ("MULTISELECT", '["a", 1]', ["a", "1"]),
]
REFUSED: list[tuple[str, Any, str]] = [
    ("INT", "abc", "Cannot convert value 'abc' to Integer"),
    ("INT", "4.0", "Cannot convert value '4.0' to Integer"),
    ("INT", 4.0, "Cannot convert value '4.0' to Integer"),
    ("INT", "1e3", "Cannot convert value '1e3' to Integer"),
    ("INT", " 7 ", "Cannot convert value ' 7 ' to Integer"),
    ("INT", "3000000000", "Cannot convert value '3000000000' to Integer"),
    ("INT", True, "Cannot convert value 'true' to Integer"),
    ("FLOAT", "abc", "Cannot convert value 'abc' to Float"),
    ("FLOAT", True, "Cannot convert value 'true' to Float"),
    ("DATETIME", "2019-10-06", "Cannot convert value '2019-10-06' to Instant"),
    ("DATETIME", "2024-01-02T03:04:05", "Cannot convert value '2024-01-02T03:04:05' to Instant"),
    ("DATETIME", "2024-01-02T03:04Z", "Cannot convert value '2024-01-02T03:04Z' to Instant"),
    ("DATETIME", "2024-01-02T03:04:05+0100", "Cannot convert value '2024-01-02T03:04:05+0100' to Instant"),
    ("DATE", "2023-02-29", "Cannot convert value '2023-02-29' to LocalDate"),
    ("DATE", "2024-1-2", "Cannot convert value '2024-1-2' to LocalDate"),
    ("TIME", "25:00:00", "Cannot convert value '25:00:00' to LocalTime"),
    ("TIME", "1:00", "Cannot convert value '1:00' to LocalTime"),
    ("DURATION", "P1W", "Cannot convert value 'P1W' to Duration"),
    ("DURATION", "60", "Cannot convert value '60' to Duration"),
    ("DURATION", 60.5, "Cannot convert value '60.5' to Duration"),
    ("DURATION", " PT1M ", "Cannot convert value ' PT1M ' to Duration"),
    ("FILE", "https://e.org/x", "The file 'https://e.org/x' does not exist"),
    ("JSON", "{bad", "`{bad` is not JSON"),
    ("JSON", "NaN", "Non-standard token 'NaN'"),
    ("JSON", "1e400", "too large"),
    ("YAML", "a: [1", "line 1, column 4"),
    ("URI", "relative/path", "Invalid URI format."),
    ("URI", "no scheme", "Invalid URI format."),
    ("URI", "http://ex.com/{a}", "Invalid URI format."),
    ("URI", "http://ex.com/%zz", "Invalid URI format."),
    ("URI", "http://", "Invalid URI format."),
    ("ARRAY", "{}", "`{}` is not a list"),
    ("STRING", None, "No value present"),
    ("FORM", "x", "`FORM` is no type"),
]


@pytest.mark.parametrize(("type_name", "given", "expected"), ACCEPTED)
def test_a_value_of_the_type_is_accepted(type_name: str, given: Any, expected: Any) -> None:
    typed = coerce(type_name, given)

    assert (typed, type(typed)) == (expected, type(expected))


@pytest.mark.parametrize(("type_name", "given", "reason"), REFUSED)
def test_another_value_is_refused_with_its_reason(type_name: str, given: Any, reason: str) -> None:
    with pytest.raises(ValueError) as raised:
        coerce(type_name, given)

    assert reason in str(raised.value)


def test_items_of_a_list_are_typed() -> None:
    assert coerce("ARRAY", '["PT1M"]', item_type="DURATION") == [60.0]


def test_an_item_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match="Unable to parse array element as `INT` on `x`"):
        coerce("ARRAY", ["1", "x"], item_type="INT")


def test_an_item_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="Unable to parse array element as `STRING` on `null`"):
        coerce("MULTISELECT", "[null]")


def test_a_float_keeps_double_precision() -> None:
    assert coerce("FLOAT", "3.14159265358979") == 3.14159265358979
