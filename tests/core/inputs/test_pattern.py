"""Java's regular expressions on Python's."""

import re

import pytest

from celeriac.core.inputs.pattern import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[A-Z]{3}-\d+$", "ABC-12"),
        (r"\p{L}+[\p{Lu}0-9]", "äbcÄ"),
        (r"\p{Alpha}\P{Digit}", "ab"),
        (r"(?<a>x)\k<a>\h\Z", "xx "),
        (r"\Qa.b\E+", "a.bb"),
        (r"[\h]\R\z", " \r\n"),
        (r"[a&]", "&"),
        (r"a++b", "aab"),
    ],
)
def test_a_java_pattern_matches(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).fullmatch(text)


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"\d", "٣"), (r"\w", "ä"), (r"[\p{L}]", "1"), (r"[\P{L}]", "ä"), (r"\Qa.b\E", "axb")]
)
def test_a_java_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not compile_pattern(pattern).fullmatch(text)


@pytest.mark.parametrize("pattern", ["[a-", "\\", "(", r"\p{Nope}", "[a-z&&[^m]]", "a{99999999999}"])
def test_a_pattern_that_cannot_be_compiled_is_an_error(pattern: str) -> None:
    with pytest.raises(re.error):
        compile_pattern(pattern)
