import pytest

from celeriac.flowfile.building import DEEPEST
from celeriac.flowfile.reading import LARGEST_BYTES, read


def only_problem(text: str) -> tuple[int, int, str]:
    (problem,) = read(text).problems
    return problem.line, problem.column, problem.message


def test_marks_of_keys_and_values_count_from_one() -> None:
    root = read("a: 1\nb:\n  - c: x\n").root
    assert root is not None

    item = root.value["b"].value[0]

    assert (root.keys["b"], item.mark, item.keys["c"], item.value["c"].mark) == ((2, 1), (3, 5), (3, 5), (3, 8))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a: 1\n b: 2\n", 2, 3), ("a: b: c\n", 1, 5), ("a: [1,\n", 2, 1), ("a: 1\n\tb: 2\n", 2, 1)],
)
def test_a_syntax_error_is_one_problem_with_its_mark(text: str, line: int, column: int) -> None:
    found = only_problem(text)

    assert (found[:2], found[2].startswith("YAML syntax: ")) == ((line, column), True)


def test_a_tab_is_answered_with_what_to_do() -> None:
    assert "spaces" in read("a: 1\n\tb: 2\n").problems[0].hint


def test_a_duplicate_key_is_refused_at_its_second_place() -> None:
    assert only_problem("a: 1\nb: 2\na: 3\n") == (3, 1, "Duplicate field 'a'; it is first given in line 1")


def test_every_duplicate_key_is_a_problem() -> None:
    assert len(read("a: 1\na: 2\nb: {c: 1, c: 2}\n").problems) == 2


def test_a_key_that_is_a_list_is_a_problem_and_the_rest_is_read() -> None:
    reading = read("? [a, b]\n: c\nd: 1\n")
    assert reading.root is not None

    assert (len(reading.problems), reading.root.plain()["d"]) == (1, 1)


def test_keys_are_texts_whatever_they_look_like() -> None:
    root = read("1: a\ntrue: b\nnull: c\n").root

    assert root is not None
    assert root.plain() == {"1": "a", "true": "b", "null": "c"}


def test_an_alias_is_its_name_as_text_with_a_warning() -> None:
    reading = read("a: &z 1\nb: *z\n")
    assert reading.root is not None

    assert (reading.root.plain(), reading.warnings[0].line) == ({"a": 1, "b": "z"}, 2)


def test_a_merge_key_stays_a_key() -> None:
    root = read("<<: {a: 1}\nb: 2\n").root

    assert root is not None
    assert root.plain() == {"<<": {"a": 1}, "b": 2}


def test_further_documents_are_ignored_with_a_warning() -> None:
    reading = read("a: 1\n---\nb: 2\n")
    assert reading.root is not None

    assert (reading.root.plain(), [warning.line for warning in reading.warnings]) == ({"a": 1}, [2])


def test_a_broken_second_document_does_no_harm() -> None:
    assert read("a: 1\n---\n[\n").problems == []


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_a_text_without_a_document_has_no_root(text: str) -> None:
    assert read(text).root is None


def test_a_byte_order_mark_is_passed_over() -> None:
    root = read("\ufeffa: 1\n").root

    assert root is not None
    assert root.plain() == {"a": 1}


def test_windows_line_ends_are_read() -> None:
    root = read("a: 1\r\nb: 2\r\n").root

    assert root is not None
    assert root.keys["b"] == (2, 1)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "too large" in only_problem("a: " + "x" * LARGEST_BYTES)[2]


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 50_000])
def test_nesting_that_is_too_deep_is_refused(depth: int) -> None:
    assert "deep" in only_problem("[" * depth + "]" * depth)[2] or "depth" in only_problem("[" * depth)[2]


def test_a_control_character_is_a_problem_with_its_line() -> None:
    assert only_problem("a: 1\nb: \x07\n")[:2] == (2, 4)


def test_a_lone_surrogate_is_a_problem() -> None:
    assert "Unicode" in only_problem("a: \ud800")[2]


def test_many_aliases_stay_small() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))

    assert len(read("l0: &l0 [x]\n" + levels).warnings) == 29 * 9
