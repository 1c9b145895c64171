"""When the conditions of triggers hold."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from celeriac.core.condition_type import ConditionType, Situation, Upstream
from celeriac.core.errors import ExpressionError
from celeriac.core.expression import NoWorld, Renderer
from celeriac.core.plugin_types import Types
from plugins.core.test_triggers import CONDITIONS

TYPES = Types(CONDITIONS)
PACKAGE = "io.kestra.plugin.core.condition."
RUN = Upstream("x", "company.team", "load", "SUCCESS", {"a": "b", "c": "d"}, {"rows": 3}, ("FAILED",))


def condition(name: str, **properties: Any) -> ConditionType:
    given = {"type": PACKAGE + name, **properties}
    return TYPES.condition(given["type"]).model_validate(given, context={"types": TYPES})


def situation(date: str = "2030-01-01T00:00:00Z", upstream: Upstream | None = RUN) -> Situation:
    """With `trigger.date`, in the flow company.team.own."""
    renderer = Renderer(NoWorld(lambda: datetime(2030, 1, 1, tzinfo=UTC), lambda: 0.5))

    def render(value: Any, variables: Mapping[str, Any]) -> Any:
        return renderer.render(value, {"trigger": {"date": date}, **variables}, typed=True)

    return Situation(("company.team", "own"), render, UTC, upstream)


def holds(name: str, at: str = "2030-01-01T00:00:00Z", **properties: Any) -> bool:
    return condition(name, **properties).holds(situation(at))


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2030-01-01T00:00:00Z", False),
        ("2030-01-01T00:00:01Z", True),
        ("2030-01-02T00:00:00Z", False),
        ("2030-01-01T23:30:00-02:00", False),
    ],
)
def test_a_date_lies_strictly_between_two_others(date: str, expected: bool) -> None:
    assert expected == holds("DateTimeBetween", date, after="2030-01-01T00:00:00Z", before="2030-01-02T00:00:00Z")


def test_one_end_may_be_open() -> None:
    assert holds("DateTimeBetween", after="2029-12-31T00:00:00Z")
    assert not holds("DateTimeBetween", before="2029-12-31T00:00:00Z")


@pytest.mark.parametrize(
    ("after", "before", "date", "expected"),
    [
        ("09:00:00Z", "17:00:00Z", "2030-01-01T12:00:00Z", True),
        ("09:00:00Z", "17:00:00Z", "2030-01-01T09:00:00Z", False),
        ("09:00:00Z", "17:00:00Z", "2030-01-01T17:30:00Z", False),
        ("09:00:00+02:00", "17:00:00+02:00", "2030-01-01T08:00:00Z", True),
        ("22:00:00Z", "06:00:00Z", "2030-01-01T23:00:00Z", True),
        ("22:00:00Z", "06:00:00Z", "2030-01-01T05:00:00Z", True),
        ("22:00:00Z", "06:00:00Z", "2030-01-01T12:00:00Z", False),
        (None, "06:00:00Z", "2030-01-01T05:00:00Z", True),
        ("06:00", None, "2030-01-01T07:00:00+02:00", True),
    ],
)
def test_a_time_lies_between_two_others(after: str | None, before: str | None, date: str, expected: bool) -> None:
    assert expected == holds("TimeBetween", date, after=after, before=before)


def test_a_day_of_the_week_is_that_of_the_dates_own_zone() -> None:
    assert holds("DayWeek", "2030-01-01T23:30:00-05:00", dayOfWeek="TUESDAY")
    assert not holds("DayWeek", "2030-01-02T04:30:00Z", dayOfWeek="TUESDAY")


@pytest.mark.parametrize(
    ("day", "place", "expected"),
    [
        ("01", "FIRST", True),
        ("08", "FIRST", False),
        ("08", "SECOND", True),
        ("29", "LAST", True),
        ("22", "LAST", False),
    ],
)
def test_a_day_has_a_place_in_its_month(day: str, place: str, expected: bool) -> None:
    date = f"2030-01-{day}T00:00:00Z"

    assert expected == holds("DayWeekInMonth", date, dayOfWeek="TUESDAY", dayInMonth=place)


@pytest.mark.parametrize(("day", "expected"), [("04", False), ("05", True), ("06", True), ("07", False)])
def test_a_weekend_is_saturday_and_sunday(day: str, expected: bool) -> None:
    assert expected == holds("Weekend", f"2030-01-{day}T00:00:00Z")


def test_a_public_holiday_is_one_of_a_country() -> None:
    assert holds("PublicHoliday", "2030-07-14T12:00:00Z", country="FR")
    assert not holds("PublicHoliday", "2030-07-14T12:00:00Z", country="DE")


def test_another_date_may_be_given() -> None:
    assert holds("Weekend", date="{{ '2030-01-05' }}T00:00:00Z")


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        ("ExecutionFlow", {"namespace": "company.team", "flowId": "load"}, True),
        ("ExecutionFlow", {"namespace": "company.team", "flowId": "other"}, False),
        ("ExecutionNamespace", {"namespace": "company.team"}, True),
        ("ExecutionNamespace", {"namespace": "company"}, False),
        ("ExecutionNamespace", {"namespace": "company", "prefix": True}, True),
        ("ExecutionNamespace", {"namespace": "company", "comparison": "PREFIX"}, True),
        ("ExecutionNamespace", {"namespace": "team", "comparison": "SUFFIX"}, True),
        ("ExecutionLabels", {"labels": {"a": "b"}}, True),
        ("ExecutionLabels", {"labels": [{"key": "a", "value": "x"}]}, False),
        ("ExecutionStatus", {"in": ["SUCCESS", "WARNING"]}, True),
        ("ExecutionStatus", {"notIn": ["SUCCESS"]}, False),
        ("ExecutionStatus", {"in": ["FAILED"]}, False),
        ("ExecutionStatus", {}, True),
        ("HasRetryAttempt", {"in": ["FAILED"]}, True),
        ("HasRetryAttempt", {"in": ["KILLED"]}, False),
        ("ExecutionOutputs", {"expression": "{{ trigger.outputs.rows > 2 }}"}, True),
        ("ExecutionOutputs", {"expression": "{{ trigger.outputs.rows > 3 }}"}, False),
        ("Expression", {"expression": "{{ trigger.date | date('yyyy') == '2030' }}"}, True),
        ("Expression", {"expression": " "}, False),
        ("FlowCondition", {"namespace": "company.team", "flowId": "own"}, True),
        ("FlowNamespaceCondition", {"namespace": "company", "prefix": True}, True),
        ("FlowNamespaceCondition", {"namespace": "company"}, False),
    ],
)
def test_a_condition_on_executions_and_flows_holds(name: str, properties: dict[str, Any], expected: bool) -> None:
    assert expected == holds(name, **properties)


def test_without_an_execution_no_condition_on_one_holds() -> None:
    status = condition("ExecutionStatus")

    assert not status.holds(situation(upstream=None))


def test_without_outputs_no_condition_on_them_holds() -> None:
    outputs = condition("ExecutionOutputs", expression="true")

    assert not outputs.holds(situation(upstream=Upstream("x", "n", "f", "SUCCESS")))


TUESDAY = {"type": PACKAGE + "DayWeek", "dayOfWeek": "TUESDAY"}
MONDAY = {"type": PACKAGE + "DayWeek", "dayOfWeek": "MONDAY"}


@pytest.mark.parametrize(
    ("name", "conditions", "expected"),
    [
        ("Or", [MONDAY, TUESDAY], True),
        ("Or", [MONDAY], False),
        ("Not", [MONDAY], True),
        ("Not", [MONDAY, TUESDAY], False),
    ],
)
def test_conditions_are_made_of_others(name: str, conditions: list[dict[str, str]], expected: bool) -> None:
    assert expected == holds(name, conditions=conditions)


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("DayWeek", {"dayOfWeek": "SOMEDAY"}),
        ("DayWeekInMonth", {"dayOfWeek": "MONDAY", "dayInMonth": "NINTH"}),
        ("TimeBetween", {"after": "noon"}),
        ("PublicHoliday", {}),
        ("PublicHoliday", {"country": "XX"}),
        ("Expression", {"expression": "{{ nothing.here }}"}),
        ("Weekend", {"date": "soon"}),
    ],
)
def test_what_cannot_be_evaluated_is_an_error(name: str, properties: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError):
        holds(name, **properties)
