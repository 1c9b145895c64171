"""core.log.Log."""

import pytest

from celeriac.core.errors import TaskFailed
from celeriac.plugins.core.log.log import Log
from fakes import FakeContext, run_task


def test_a_message_is_rendered_and_logged_at_its_level(context: FakeContext) -> None:
    run_task(Log, {"message": "flow {{ flow.id }}", "level": "WARN"}, context)

    assert context.logger.lines == [("WARN", "flow flow")]


def test_the_level_is_info_unless_said_and_may_be_an_expression(context: FakeContext) -> None:
    context.variables["level"] = "DEBUG"

    run_task(Log, {"message": "a"}, context)
    run_task(Log, {"message": "b", "level": "{{ level }}"}, context)

    assert [level for level, _ in context.logger.lines] == ["INFO", "DEBUG"]


def test_a_list_is_one_line_each(context: FakeContext) -> None:
    run_task(Log, {"message": ["one", "{{ 1 + 1 }}", 3, True]}, context)

    assert context.logger.messages == ["one", "2", "3", "true"]


def test_an_expression_that_is_a_list_is_logged_as_json_text(context: FakeContext) -> None:
    run_task(Log, {"message": "{{ [1, 'a'] }}"}, context)

    assert context.logger.messages == ['[1,"a"]']


@pytest.mark.parametrize("message", [5, True, {"a": 1}])
def test_a_message_that_is_no_text_is_accepted_on_save_and_fails_at_run(context: FakeContext, message: object) -> None:
    with pytest.raises(TaskFailed, match="is no text"):
        run_task(Log, {"message": message}, context)


def test_an_unknown_level_fails_at_run(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match=r"`level`.*LOUD"):
        run_task(Log, {"message": "x", "level": "LOUD"}, context)
