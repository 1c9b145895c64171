"""Values come back as they were stored, on every database."""

from typing import Any

import pytest

from hand_engine import HandEngine


@pytest.mark.parametrize("value", [1, 1.0, 2.5, True, None, "1", "007", '{"a": 1}', "", [1, "a", None], {"a": [1.0]}])
def test_a_value_keeps_its_type(on_each_database: HandEngine, value: Any) -> None:
    store = on_each_database.app.surroundings.kv
    store.set("tests", "k", value)

    found = store.get("tests", "k")

    assert (type(found), found) == (type(value), value)
