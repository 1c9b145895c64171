"""Files of several documents."""

import pytest

from celeriac.flowfile import documents, place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n", [("a: 1\n", 1)]),
        ("---\na: 1\n", [("a: 1\n", 2)]),
        ("a: 1\n---\nb: 2\n", [("a: 1\n", 1), ("b: 2\n", 3)]),
        ("# top\n---\n# only words\n---\nb: 2\n", [("b: 2\n", 5)]),
        ("--- {a: 1}\n---\nb: 2", [("--- {a: 1}\n", 1), ("b: 2", 3)]),
        ("a: 1\n...\n---\nb: 2\n...\n", [("a: 1\n...\n", 1), ("b: 2\n...\n", 4)]),
        ("a: |\n  ---\n  x\n", [("a: |\n  ---\n  x\n", 1)]),
        ("a: ---b\n---c: 1\n", [("a: ---b\n---c: 1\n", 1)]),
        ("a: 1\r\n---\r\nb: 2\r\n", [("a: 1\r\n", 1), ("b: 2\r\n", 3)]),
        ("", []),
        ("---\n---\n", []),
    ],
)
def test_documents_are_told_apart_with_their_lines(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(one.text, one.line) for one in documents(text)] == expected


def test_a_key_is_found_at_its_place() -> None:
    assert place("# top\na: 1\n  # x\nb: 2\n", "b") == (4, 1)
    assert place("a: 1\n", "b") == (1, 1)
