"""core.execution.Fail."""

import pytest

from celeriac.core.errors import TaskFailed
from celeriac.plugins.core.execution.fail import Fail
from fakes import FakeContext, run_task


def test_without_condition_it_fails_with_the_usual_message(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match=r"^Task failure$"):
        run_task(Fail, {}, context)


def test_the_message_is_rendered(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match=r"^flow is broken$"):
        run_task(Fail, {"errorMessage": "{{ flow.id }} is broken"}, context)


@pytest.mark.parametrize("condition", ["{{ false }}", "{{ null }}", "", "  ", "0", "-0", "false", False])
def test_it_passes_when_the_condition_does_not_hold(context: FakeContext, condition: object) -> None:
    assert run_task(Fail, {"condition": condition}, context) == {}


@pytest.mark.parametrize("condition", ["{{ 1 == 1 }}", "FALSE", "0.0", "null", "[]", "no", True])
def test_it_fails_when_the_condition_holds(context: FakeContext, condition: object) -> None:
    with pytest.raises(TaskFailed):
        run_task(Fail, {"condition": condition}, context)


def test_the_message_is_not_rendered_when_it_passes(context: FakeContext) -> None:
    run_task(Fail, {"condition": "{{ false }}", "errorMessage": "{{ nowhere }}"}, context)
