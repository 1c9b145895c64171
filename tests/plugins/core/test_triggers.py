from typing import Any

import pytest
from pydantic import ValidationError

from celeriac.core.dated_trigger import RecoverMissedSchedules
from celeriac.core.plugin_types import Types
from celeriac.core.trigger_type import TriggerType
from celeriac.plugins.core.condition import combined, dates, executions
from celeriac.plugins.core.condition.executions import ExecutionStatus
from celeriac.plugins.core.trigger.flow import Flow
from celeriac.plugins.core.trigger.schedule import Schedule, ScheduleOnDates
from celeriac.plugins.core.trigger.webhook import Webhook

CONDITIONS = [
    cls
    for module in (combined, dates, executions)
    for cls in vars(module).values()
    if isinstance(cls, type) and cls.__module__ == module.__name__ and cls.__dict__.get("type_name")
]
TYPES = Types((Schedule, ScheduleOnDates, Webhook, Flow, *CONDITIONS))


def read(kind: type[TriggerType], **properties: Any) -> Any:
    return kind.model_validate({"id": "t", "type": kind.type_name, **properties}, context={"types": TYPES})


def refused(kind: type[TriggerType], **properties: Any) -> str:
    with pytest.raises(ValidationError) as failure:
        read(kind, **properties)
    return "; ".join(error["msg"] for error in failure.value.errors())


def test_a_schedule_has_the_dates_of_its_cron() -> None:
    assert read(Schedule, cron="0 9 * * *").dates.fields == "0 9 * * *"


def test_a_schedule_needs_a_right_cron() -> None:
    assert "invalid cron expression" in refused(Schedule, cron="61 * * * *")


def test_a_schedule_needs_a_right_time_zone() -> None:
    assert "is not a valid time-zone ID" in refused(Schedule, cron="@daily", timezone="Foo/Bar")


def test_a_schedule_has_no_interval() -> None:
    refused(Schedule, cron="@daily", interval="PT5S")


def test_a_schedule_takes_all_it_can_have() -> None:
    schedule = read(
        Schedule,
        cron="0 0 3 * * *",
        withSeconds=True,
        timezone="Europe/Paris",
        lateMaximumDelay="PT10S",
        recoverMissedSchedules="LAST",
        stopAfter=["FAILED"],
        inputs={"a": 1},
        labels={"a": "b"},
    )

    assert schedule.recover_missed_schedules is RecoverMissedSchedules.LAST


def test_a_schedule_on_dates_reads_them() -> None:
    assert read(ScheduleOnDates, dates=["2026-01-01T09:00:00Z"]).dates[0].hour == 9


@pytest.mark.parametrize("key", ["", "  ", "x" * 257])
def test_a_webhook_needs_a_key(key: str) -> None:
    refused(Webhook, key=key)


def test_a_webhook_answers_json_or_text() -> None:
    assert "'application/json' or 'text/plain'" in refused(Webhook, key="k", responseContentType="text/html")


def test_a_webhook_knows_no_multiple_condition() -> None:
    multiple = {"id": "m", "type": "io.kestra.plugin.core.condition.MultipleCondition"}

    assert "MultipleCondition are not supported" in refused(Webhook, key="k", conditions=[multiple])


def test_a_condition_is_read_as_its_type() -> None:
    condition = {"type": "io.kestra.plugin.core.condition.ExecutionStatus", "in": ["SUCCESS"]}

    trigger = read(Flow, conditions=[condition])

    assert isinstance(trigger.conditions[0], ExecutionStatus)
    assert trigger.conditions[0].in_ == ["SUCCESS"]


def test_conditions_nest() -> None:
    status = {"type": "io.kestra.plugin.core.condition.ExecutionStatus", "nope": 1}

    assert "Extra inputs" in refused(Flow, conditions=[{"type": "core.condition.Or", "conditions": [status]}])


def precondition(**item: Any) -> dict[str, Any]:
    return {"id": "p", "where": [{"id": "w", "filters": [{"field": "FLOW_ID", **item}]}]}


@pytest.mark.parametrize("kind", ["EQUAL_TO", "IS_NULL", "IS_TRUE", "STARTS_WITH", "REGEX", "CONTAINS"])
def test_a_filter_has_one_value(kind: str) -> None:
    assert read(Flow, preconditions=precondition(type=kind, value="x")).preconditions.where[0].filters[0].value == "x"
    assert f"`value` cannot be null for type {kind}" in refused(Flow, preconditions=precondition(type=kind))
    both = precondition(type=kind, value="x", values=["y"])
    assert f"`values` must be null for type {kind}" in refused(Flow, preconditions=both)


@pytest.mark.parametrize("kind", ["IN", "NOT_IN"])
def test_a_filter_of_several_has_a_list(kind: str) -> None:
    assert read(Flow, preconditions=precondition(type=kind, values=["x"])).preconditions.id == "p"
    both = precondition(type=kind, value="x", values=["y"])
    assert f"`value` must be null for type {kind}" in refused(Flow, preconditions=both)


@pytest.mark.parametrize(
    "window",
    [
        {},
        {"type": "DAILY_TIME_DEADLINE", "deadline": "10:00:00"},
        {"type": "DAILY_TIME_WINDOW", "startTime": "08:00:00", "endTime": "09:00:00"},
        {"type": "DURATION_WINDOW", "window": "PT1H", "windowAdvance": "PT5M"},
        {"type": "SLIDING_WINDOW", "window": "PT1H"},
    ],
)
def test_a_time_window_with_what_it_needs_is_right(window: dict[str, Any]) -> None:
    assert read(Flow, preconditions={"id": "p", "timeWindow": window}).preconditions.time_window is not None


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        ({"type": "DAILY_TIME_DEADLINE"}, "must have a deadline."),
        ({"type": "DAILY_TIME_DEADLINE", "deadline": "10:00:00", "window": "PT1H"}, "cannot have a window."),
        ({"type": "DAILY_TIME_WINDOW"}, "must have an end time."),
        ({"type": "SLIDING_WINDOW", "deadline": "10:00:00"}, "cannot have a deadline."),
    ],
)
def test_a_time_window_without_is_refused(window: dict[str, Any], reason: str) -> None:
    assert reason in refused(Flow, preconditions={"id": "p", "timeWindow": window})


def test_the_newer_form_of_a_flow_trigger_is_read() -> None:
    trigger = read(
        Flow,
        dependsOn=[{"namespace": "a", "flowId": "b", "states": ["SUCCESS"], "when": "{{ true }}"}],
        mode="AT_LEAST",
        minSatisfied=1,
        window={"from": "08:00:00", "to": "09:00:00"},
        onMiss={"behavior": "FAIL"},
        when=True,
    )

    assert (trigger.depends_on[0].flow_id, trigger.when) == ("b", "true")


def test_at_least_needs_a_number() -> None:
    assert "minSatisfied" in refused(Flow, mode="AT_LEAST")
