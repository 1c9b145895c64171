"""Service levels of a flow: what an execution must keep, and what follows when it does not."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from celeriac.core.dates import Duration
from celeriac.core.labels import Labels


class SlaBehavior(StrEnum):
    """What happens to an execution that breaks its service level; NONE only adds the labels."""

    FAIL = "FAIL"
    CANCEL = "CANCEL"
    NONE = "NONE"


class Sla(BaseModel):
    """What the kinds share. `labels` are added to an execution that breaks the level."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )

    id: Annotated[str, StringConstraints(min_length=1)]
    behavior: SlaBehavior
    labels: Labels = {}


class MaxDurationSla(Sla):
    """The execution ends within `duration` of its start."""

    type: Literal["MAX_DURATION"]
    duration: Duration


class ExecutionAssertionSla(Sla):
    """The expression stays true, whenever the execution changes."""

    type: Literal["EXECUTION_ASSERTION"]
    assert_: Annotated[str, Field(alias="assert", min_length=1)]


AnySla = Annotated[MaxDurationSla | ExecutionAssertionSla, Field(discriminator="type")]
