"""core.flow.Sleep."""

from datetime import timedelta

import pytest

from celeriac.core.dynamic import render_properties
from celeriac.core.errors import TaskFailed
from celeriac.core.flow import Mode
from celeriac.plugins.core.flow.sleep import Sleep


def duration(written: object) -> timedelta:
    task = Sleep.model_validate({"id": "wait", "type": Sleep.type_name, "duration": written})
    return render_properties(task, lambda value, *, typed: value).duration


def test_it_is_a_timer_and_holds_no_worker() -> None:
    assert Sleep.mode is Mode.TIMER


@pytest.mark.parametrize(("written", "seconds"), [("PT5M", 300), ("PT0.5S", 0.5), (2, 2), ("5 minutes", 5)])
def test_a_duration_is_iso_text_or_seconds(written: object, seconds: float) -> None:
    assert duration(written) == timedelta(seconds=seconds)


def test_what_is_no_duration_fails_at_run() -> None:
    with pytest.raises(TaskFailed, match=r"`duration`.*soon"):
        duration("soon")
