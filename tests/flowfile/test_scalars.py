"""Values as the real engine (2.0) read them, one by one."""

import pytest

from celeriac.flowfile.reading import read

READ_AS = {
    "on": True,
    "Yes": True,
    "OFF": False,
    "no": False,
    "y": "y",
    "N": "N",
    "TRUE": True,
    "tRUE": "tRUE",
    "017": 15,
    "-017": -15,
    "08": "08",
    "00": 0,
    "0_1": 1,
    "0o17": "0o17",
    "0x1F": 31,
    "0X1f": "0X1f",
    "0x": "0x",
    "+0x1F": 31,
    "0b101": 5,
    "-0b11": -3,
    "0b2": "0b2",
    "12:30": "12:30",
    "190:20:30": "190:20:30",
    "1e3": 1000.0,
    "1.e+3": 1000.0,
    "1e": "1e",
    ".5": 0.5,
    "-.5": -0.5,
    "5.": 5.0,
    "1_000": 1000,
    "1__0": 10,
    "_1": "_1",
    "1,000": "1,000",
    "+5": 5,
    "-0": 0,
    "1.10": 1.1,
    "12345678901234567890": 12345678901234567890,
    "2024-01-01": "2024-01-01",
    "2024-01-01T10:00:00Z": "2024-01-01T10:00:00Z",
    "~": None,
    "NULL": None,
    "=": "=",
    "''": "",
    "'017'": "017",
    "!!str 12": "12",
    "!!int '12'": 12,
    "!!float 3": 3.0,
    "!!bool 'on'": True,
    "!!null ''": "",
    "! 12": 12,
    "!foo bar": "bar",
    "!!binary aGk=": "aGk=",
}


@pytest.mark.parametrize(("text", "expected"), READ_AS.items())
def test_a_scalar_is_read_as_the_engines_read_it(text: str, expected: object) -> None:
    root = read(f"v: {text}\n").root
    assert root is not None

    value = root.plain()["v"]

    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize("text", [".inf", "+.inf", ".NaN", "1:2.5", "1e999"])
def test_a_number_that_the_engines_cannot_read_is_a_problem(text: str) -> None:
    problems = read(f"a: 1\nv: {text}\n").problems

    assert [(problem.line, problem.column) for problem in problems] == [(2, 4)]


@pytest.mark.parametrize("text", ["on", "No", "017", "1e3", "1_000", "3.10", "0x1F", "+5"])
def test_a_scalar_that_surprises_gives_a_warning_at_its_place(text: str) -> None:
    warnings = read(f"a:\n  b: {text}\n").warnings

    assert [(warning.line, warning.column) for warning in warnings] == [(2, 6)]


@pytest.mark.parametrize("text", ["true", "12", "-3", "1.5", "'on'", '"017"', "2024-01-01", "12:30", "null"])
def test_a_scalar_that_reads_as_it_looks_gives_no_warning(text: str) -> None:
    assert read(f"v: {text}\n").warnings == []
