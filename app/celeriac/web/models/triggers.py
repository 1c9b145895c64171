"""What is asked about triggers and what is answered."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, RootModel

from celeriac.web.models.shapes import Answer, Asked, Found, Paging

Name = Annotated[str, Field(max_length=256)]


class SearchTriggers(Paging):
    """q: a part of a namespace, flow id or trigger id. namespace: this one and those below it."""

    q: Name = ""
    namespace: Name = ""
    flow_id: Name = ""


class TriggersQuery(Asked):
    """Which triggers, as SearchTriggers."""

    q: Name = ""
    namespace: Name = ""
    flow_id: Name = ""


class SwitchFound(TriggersQuery):
    """Triggers to switch, all in the same direction."""

    disabled: bool


class TriggersOfFlow(Paging):
    """A page of the triggers of one flow."""

    q: Name = ""
    size: Annotated[int, Field(ge=1, le=1000)] = 100


class NextDates(Asked):
    """count: how many dates."""

    count: Annotated[int, Field(ge=1, le=1000)] = 10


class PreviewSchedule(Asked):
    """cron: five fields, six with seconds first, or a nickname. from: after when, default now."""

    cron: Annotated[str, Field(max_length=256)]
    timezone: Annotated[str, Field(max_length=64)] | None = None
    from_: Annotated[datetime | None, Field(alias="from")] = None
    count: Annotated[int, Field(ge=1, le=1000)] = 10


class TriggerName(Asked):
    """Which trigger."""

    namespace: Name
    flow_id: Name
    trigger_id: Name


class UpdateTrigger(TriggerName):
    """disabled: None = stays as it is."""

    disabled: bool | None = None
    backfill: dict[str, Any] | None = None


class SwitchTrigger(TriggerName):
    """A trigger to switch."""

    disabled: bool


class SwitchTriggers(Asked):
    """Triggers to switch, all in the same direction."""

    triggers: Annotated[list[TriggerName], Field(max_length=10_000)]
    disabled: bool


class TriggerNames(RootModel[Annotated[list[TriggerName], Field(max_length=10_000)]]):
    """Some triggers."""


class TriggerDocument(Answer):
    """A trigger with what is known of it. disabled: by a person, by `stopAfter` or in YAML. date: its last date."""

    namespace: str
    flow_id: str
    trigger_id: str
    type: str
    flow_revision: int
    description: str | None
    cron: str | None
    timezone: str | None
    disabled: bool
    disabled_in_flow: bool
    locked: bool
    date: str | None
    last_triggered_date: str | None
    next_execution_date: str | None
    next_evaluation_date: str | None
    execution_id: str | None
    updated_date: str
    updated_at: str
    error: str | None


class TriggersFound(Found):
    """A page of triggers."""

    results: list[TriggerDocument]


class Dates(Answer):
    """Dates in their time zone, the next one first."""

    dates: list[str]
