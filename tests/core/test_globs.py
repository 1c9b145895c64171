"""Glob patterns over relative paths."""

import pytest

from celeriac.core.globs import matches, matches_anywhere, selects


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.csv", "a.csv", True),
        ("*.csv", "dir/a.csv", False),
        ("**.csv", "dir/a.csv", True),
        ("**/*.csv", "a.csv", True),
        ("**/*.csv", "x/y/a.csv", True),
        ("dir/**", "dir/x/y", True),
        ("dir/*", "dir/x/y", False),
        ("/dir/a", "dir/a", True),
        ("a?.txt", "ab.txt", True),
        ("a?.txt", "a/.txt", False),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("*.{csv,json}", "a.json", True),
        ("*.{csv,json}", "a.txt", False),
        ("a,b", "a,b", True),
        (r"\*.txt", "*.txt", True),
        (r"\*.txt", "a.txt", False),
        ("a.b", "axb", False),
        ("broken[", "broken[", True),
        ("glob:*.csv", "a.csv", True),
        (r"regex:\d+\.csv", "12.csv", True),
    ],
)
def test_a_pattern_matches_whole_paths(pattern: str, path: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


def test_a_pattern_that_starts_with_a_word_is_looked_for_in_every_folder() -> None:
    assert matches_anywhere("deep/down/main.py", "main.py")
    assert not matches_anywhere("deep/down/main.py", "*.py")


def test_without_include_everything_is_selected_but_what_is_excluded() -> None:
    assert selects("a/b.txt")
    assert not selects("a/b.txt", exclude=["a/**"])


def test_exclude_wins_over_include() -> None:
    assert selects("a/b.txt", include=["a/**"])
    assert not selects("a/b.txt", include=["a/**"], exclude=["b.txt"])
    assert not selects("c.txt", include=["a/**"])
