"""Values nested by dots, masked, and as expressions see them."""

from celeriac.core.inputs import as_variables, masked, secret_ids, secret_values
from celeriac.core.inputs.values import nest

DECLARED = "[{id: db.password, type: SECRET}, {id: db.host, type: STRING}, {id: rate, type: FLOAT}]"


def test_dots_nest() -> None:
    assert nest({"db.host": "h", "db.port": 1, "a": 2}) == {"db": {"host": "h", "port": 1}, "a": 2}


def test_a_secret_is_six_stars(declare) -> None:
    values = {"db": {"password": "p", "host": "h"}}

    assert masked(declare(DECLARED), values) == {"db": {"password": "******", "host": "h"}}


def test_masking_leaves_the_values_alone(declare) -> None:
    values = {"db": {"password": "p"}}

    masked(declare(DECLARED), values)

    assert values == {"db": {"password": "p"}}


def test_a_secret_without_a_value_is_not_masked(declare) -> None:
    assert masked(declare(DECLARED), {"db": {"password": None}}) == {"db": {"password": None}}


def test_secrets_are_named(declare) -> None:
    assert secret_ids(declare(DECLARED)) == ["db.password"]


def test_the_texts_of_secrets_are_listed_for_masking(declare) -> None:
    assert secret_values(declare(DECLARED), {"db": {"password": "p"}, "rate": 1.0}) == ["p"]


def test_a_float_that_was_stored_as_a_whole_number_is_a_float_again(declare) -> None:
    variables = as_variables(declare(DECLARED), {"rate": 2})

    assert repr(variables) == "{'rate': 2.0}"
