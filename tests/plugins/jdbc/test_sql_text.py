"""Reading SQL past comments and quotes."""

import pytest

from celeriac.plugins.jdbc.sql_text import has_word, installed_extension, name_parameters


def test_named_parameters_are_rewritten_outside_of_quotes_comments_and_casts() -> None:
    sql = "SELECT :a, ':a', \":a\", x::a, $$:a$$ -- :a\n/* :a */ WHERE y = :b AND z = :ab"

    rewritten = name_parameters(sql, {"a", "b"})

    assert rewritten == "SELECT $a, ':a', \":a\", x::a, $$:a$$ -- :a\n/* :a */ WHERE y = $b AND z = :ab"


@pytest.mark.parametrize(
    "statement",
    [
        "INSTALL json;",
        " install JSON ",
        "-- comment; INSTALL x\nINSTALL json;",
        "/* c */ FORCE INSTALL 'json' FROM core;",
        'INSTALL "json"',
    ],
)
def test_an_install_statement_names_its_extension(statement: str) -> None:
    assert installed_extension(statement) == "json"


@pytest.mark.parametrize("statement", ["LOAD json;", "SELECT 'INSTALL json;'", "-- INSTALL json\nSELECT 1", ""])
def test_other_statements_install_nothing(statement: str) -> None:
    assert installed_extension(statement) is None


def test_a_word_in_quotes_or_comments_does_not_count() -> None:
    assert has_word("INSERT INTO t VALUES (1) returning i", "RETURNING")
    assert not has_word("INSERT INTO t VALUES ('returning') -- RETURNING", "RETURNING")
