"""YAML 1.1 as the engines read it; each scalar was measured on Kestra 2.0."""

from typing import Any

import pytest

from celeriac.core.inputs.yaml_text import parse_yaml

SCALARS: dict[str, Any] = {
    "007": 7, "010": 8, "09": "09", "08.5": 8.5, "0": 0, "00": 0, "0_7": 7, "-010": -8, "0x1F": 31, "-0x1F": -31,
    "0b11": 3, "0o7": "0o7", "0x": "0x", "1_000": 1000, "1__0": 10, "1_": 1, "1_000.5": 1000.5, "+5": 5, "-7": -7,
    "1.50": 1.5, ".5": 0.5, "+.5": 0.5, "1.": 1.0, "1.e3": 1000.0, "1e3": 1000.0, "1E5": 100000.0, "1e+3": 1000.0,
    "1e": "1e", ".": ".", "1.2.3": "1.2.3", "123abc": "123abc", "1,000": "1,000", "1:30": "1:30",
    "yes": True, "Yes": True, "on": True, "True": True, "tRUE": "tRUE", "y": "y", "no": False, "off": False, "N": "N",
    "~": None, "null": None, "NULL": None, "nULL": "nULL", "2024-01-02": "2024-01-02", "": "", "'true'": "true",
    "!!str 5": "5", "!!int '7'": 7, "!foo bar": "bar", "12345678901234567890": 12345678901234567890,
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SCALARS.items())
def test_a_scalar_has_the_type_that_the_engines_see(text: str, expected: Any) -> None:
    value = parse_yaml(f"x: {text}")["x"]

    assert (value, type(value)) == (expected, type(expected))


def test_an_alias_is_its_name() -> None:
    assert parse_yaml("- &x a\n- *x\n- &y {z: 1}\n- *y") == ["a", "x", {"z": 1}, "y"]


def test_a_merge_key_is_a_key() -> None:
    assert parse_yaml("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


def test_keys_are_texts() -> None:
    assert parse_yaml("1: a\ntrue: b\n~: c") == {"1": "a", "true": "b", "~": "c"}


def test_only_the_first_document_counts() -> None:
    assert parse_yaml("a: 1\n---\nb: 2") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\na: 2", "line 2: Duplicate field 'a'"),
        ("? [a]\n: b", "a key must be a text"),
        ("# nothing", "No content"),
        ("a: .inf", "Malformed numeric value '.inf'"),
        ("a: 1e999", "too large"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_what_is_no_value_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace(".", "[.]")):
        parse_yaml(text)
