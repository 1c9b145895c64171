"""core.debug.Return."""

import pytest

from celeriac.plugins.core.debug.return_ import Return
from fakes import FakeContext, run_task


@pytest.mark.parametrize(
    ("written", "expected"),
    [("plain", "plain"), ("{{ 1 + 1 }}", "2"), (12, "12"), (True, "true"), ([1, "{{ 2 }}"], '[1,"2"]'), ("", "")],
)
def test_the_value_is_the_rendered_text(context: FakeContext, written: object, expected: str) -> None:
    assert run_task(Return, {"format": written}, context) == {"value": expected}


def test_without_format_there_is_no_value(context: FakeContext) -> None:
    assert run_task(Return, {}, context) == {}
